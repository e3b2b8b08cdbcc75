// The settings of a user interface.

import { SettingsStore } from "./settings-store.js";
import type { Settings, WarningSettings } from "./settings-types.js";

const TREE_FILTERS = ["default", "no-tools", "user-only", "labeled-only", "all"] as const;

/** What an interface asks of the settings; the runtime itself does not. */
export abstract class InterfaceSettings extends SettingsStore {
  getLastChangelogVersion(): string | undefined {
    return this.settings.lastChangelogVersion;
  }

  setLastChangelogVersion(version: string): void {
    this.put("lastChangelogVersion", version);
  }

  getTheme(): string | undefined {
    return this.settings.theme;
  }

  setTheme(theme: string): void {
    this.put("theme", theme);
  }

  getHideThinkingBlock(): boolean {
    return this.settings.hideThinkingBlock ?? false;
  }

  setHideThinkingBlock(hide: boolean): void {
    this.put("hideThinkingBlock", hide);
  }

  getQuietStartup(): boolean {
    return this.settings.quietStartup ?? false;
  }

  setQuietStartup(quiet: boolean): void {
    this.put("quietStartup", quiet);
  }

  getCollapseChangelog(): boolean {
    return this.settings.collapseChangelog ?? false;
  }

  setCollapseChangelog(collapse: boolean): void {
    this.put("collapseChangelog", collapse);
  }

  getEnableInstallTelemetry(): boolean {
    return this.settings.enableInstallTelemetry ?? true;
  }

  setEnableInstallTelemetry(enabled: boolean): void {
    this.put("enableInstallTelemetry", enabled);
  }

  getShowImages(): boolean {
    return this.settings.terminal?.showImages ?? true;
  }

  setShowImages(show: boolean): void {
    this.putIn("terminal", "showImages", show);
  }

  /** How wide images are, in columns. */
  getImageWidthCells(): number {
    const width = this.settings.terminal?.imageWidthCells;
    return Number.isFinite(width) ? wholeColumns(width as number) : 60;
  }

  setImageWidthCells(width: number): void {
    this.putIn("terminal", "imageWidthCells", wholeColumns(width));
  }

  getClearOnShrink(): boolean {
    return this.settings.terminal?.clearOnShrink ?? process.env.PI_CLEAR_ON_SHRINK === "1";
  }

  setClearOnShrink(enabled: boolean): void {
    this.putIn("terminal", "clearOnShrink", enabled);
  }

  getShowTerminalProgress(): boolean {
    return this.settings.terminal?.showTerminalProgress ?? false;
  }

  setShowTerminalProgress(enabled: boolean): void {
    this.putIn("terminal", "showTerminalProgress", enabled);
  }

  getDoubleEscapeAction(): "fork" | "tree" | "none" {
    return this.settings.doubleEscapeAction ?? "tree";
  }

  setDoubleEscapeAction(action: "fork" | "tree" | "none"): void {
    this.put("doubleEscapeAction", action);
  }

  getTreeFilterMode(): NonNullable<Settings["treeFilterMode"]> {
    return TREE_FILTERS.find((mode) => mode === this.settings.treeFilterMode) ?? "default";
  }

  setTreeFilterMode(mode: NonNullable<Settings["treeFilterMode"]>): void {
    this.put("treeFilterMode", mode);
  }

  getShowHardwareCursor(): boolean {
    return this.settings.showHardwareCursor ?? process.env.PI_HARDWARE_CURSOR === "1";
  }

  setShowHardwareCursor(enabled: boolean): void {
    this.put("showHardwareCursor", enabled);
  }

  /** How far text is from the editor's sides, in columns. */
  getEditorPaddingX(): number {
    return this.settings.editorPaddingX ?? 0;
  }

  setEditorPaddingX(padding: number): void {
    this.put("editorPaddingX", Math.max(0, Math.min(3, Math.floor(padding))));
  }

  /** How many completions are shown at once. */
  getAutocompleteMaxVisible(): number {
    return this.settings.autocompleteMaxVisible ?? 5;
  }

  setAutocompleteMaxVisible(maxVisible: number): void {
    this.put("autocompleteMaxVisible", Math.max(3, Math.min(20, Math.floor(maxVisible))));
  }

  getCodeBlockIndent(): string {
    return this.settings.markdown?.codeBlockIndent ?? "  ";
  }

  getWarnings(): WarningSettings {
    return { ...this.settings.warnings };
  }

  setWarnings(warnings: WarningSettings): void {
    this.put("warnings", { ...warnings });
  }
}

function wholeColumns(width: number): number {
  return Math.max(1, Math.floor(width));
}

// Themes: files that say how a terminal is coloured. Drawing with them is the host's affair.

import { readFileSync } from "node:fs";
import type { SourceInfo } from "../source-info.js";

/** A theme as its file says it. */
export interface ThemeFile {
  name?: string;
  sourcePath?: string;
  sourceInfo?: SourceInfo;
  /** Names of colours, and what they are or refer to. */
  vars?: Record<string, string | number>;
  colors?: Record<string, string | number>;
}

/** The theme of a file. Throws where it is no theme. */
export function loadThemeFromPath(path: string): ThemeFile {
  const content = readFileSync(path, "utf-8");
  let json: ThemeFile;
  try {
    json = JSON.parse(content);
  } catch (error) {
    throw new Error(`Failed to parse theme ${path}: ${error}`);
  }
  if (typeof json?.name !== "string" || typeof json.colors !== "object") {
    throw new Error(`Invalid theme "${path}": it needs a name and colors`);
  }
  const { name, vars, colors } = json;
  return { name, sourcePath: path, vars, colors };
}

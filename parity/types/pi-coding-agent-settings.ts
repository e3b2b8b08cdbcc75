/** What `pi-coding-agent` has for settings, credentials and models. */

import type * as pi from "@mariozechner/pi-coding-agent";
import type * as ours from "argent-runtime/pi-coding-agent";
import type { Misfits, Only } from "./fit.js";

/** A class without its private members. */
type Public<T, Left extends keyof T = never> = Omit<T, Left>;

interface Types {
  ApiKeyCredential: [pi.ApiKeyCredential, ours.ApiKeyCredential];
  AuthCredential: [pi.AuthCredential, ours.AuthCredential];
  AuthStatus: [pi.AuthStatus, ours.AuthStatus];
  AuthStorage: [Public<pi.AuthStorage>, Public<ours.AuthStorage>];
  AuthStorageBackend: [pi.AuthStorageBackend, ours.AuthStorageBackend];
  CompactionSettings: [pi.CompactionSettings, ours.CompactionSettings];
  FileAuthStorageBackend: [Public<pi.FileAuthStorageBackend>, Public<ours.FileAuthStorageBackend>];
  ImageSettings: [pi.ImageSettings, ours.ImageSettings];
  InMemoryAuthStorageBackend: [
    Public<pi.InMemoryAuthStorageBackend>,
    Public<ours.InMemoryAuthStorageBackend>,
  ];
  // An extension's provider may give streams, and a registry has a storage: classes, both of them.
  ModelRegistry: [
    Public<pi.ModelRegistry, "authStorage" | "registerProvider">,
    Public<ours.ModelRegistry, "authStorage" | "registerProvider">,
  ];
  OAuthCredential: [pi.OAuthCredential, ours.OAuthCredential];
  PackageSource: [pi.PackageSource, ours.PackageSource];
  RetrySettings: [pi.RetrySettings, ours.RetrySettings];
  SettingsManager: [Public<pi.SettingsManager>, Public<ours.SettingsManager>];
}

export const types: Only<never, Misfits<Types>> = true;

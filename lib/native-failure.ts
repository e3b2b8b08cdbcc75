// Why the native addon was not loaded, and what helps.

/** What the loader of the system says of each fault, and what to do about it. */
const REMEDIES: [says: RegExp, remedy: string][] = [
  [
    /GLIBC_([\d.]+)' not found/,
    "This system's C library is too old. The addon for glibc needs 2.28 (Debian 10, Ubuntu 20.04, RHEL 8, Amazon Linux " +
      "2023 or newer); on an older system build it there: npm run build:release in a checkout.",
  ],
  [
    /libc\.musl|ld-musl|ld-linux|Error relocating/,
    "The addon was made for another C library: node_modules was installed on another system than this one. Install " +
      "again here.",
  ],
  [
    /noexec|failed to map segment|[Oo]peration not permitted/,
    "The system forbids to run code from this folder: it is mounted with noexec, or a security policy bars it.",
  ],
  [
    /ERR_DLOPEN_DISABLED|native addons is disabled|allow-addons|no-addons/,
    "Node was told not to load addons: start it with --allow-addons, or without --no-addons.",
  ],
  [
    /another version/,
    "Parts of two versions are installed: remove node_modules/argent-runtime* and install again.",
  ],
  [
    /invalid ELF|ELF|file too short|mach-o|slice is not valid|not a valid Win32|wrong architecture|incompatible arch/,
    "The file is damaged or was made for another system: remove node_modules and install again on this machine.",
  ],
  [
    /code signature|not valid for use in process|library load denied/,
    "macOS does not accept the file's signature: install again, or remove the quarantine with xattr -d " +
      "com.apple.quarantine.",
  ],
];

/** A module that is not there, and not one that is wanting something itself. */
const isMissing = ({ message, code }: Error & { code?: string }) =>
  code === "MODULE_NOT_FOUND" && /^Cannot find module '(\.\/native\.|argent-runtime-)/.test(message);

/**
 * The error to throw.
 * @param platform - what the addon for this machine is called.
 * @param errors - what was thrown by each attempt.
 */
export function addonFailure(platform: string, errors: Error[], platforms: readonly string[]): Error {
  const real = errors.filter((error) => !isMissing(error));
  const details = real.map((error) => `  ${error.message.trim().replaceAll("\n", "\n  ")}`);
  const message = [
    `argent-runtime cannot load its native addon (${platform}, Node ${process.version}).`,
    ...(details.length > 0 ? ["", ...details] : []),
    "",
    remedy(platform, real, platforms),
  ].join("\n");
  const failure = new Error(message, { cause: real[0] ?? errors[0] });
  return Object.assign(failure, { code: "ARGENT_NATIVE" });
}

function remedy(platform: string, real: (Error & { code?: string })[], platforms: readonly string[]): string {
  if (!platforms.includes(platform))
    return `There is none for this platform. There are: ${platforms.join(", ")}.`;
  if (real.length === 0)
    return (
      `The package argent-runtime-${platform} is not installed. It is an optional dependency of argent-runtime: install ` +
      "without --omit=optional (npm) or --no-optional (pnpm, yarn). A node_modules or a lock file that comes from " +
      "another platform may leave it out: remove both and install again on this machine."
    );
  const said = real.map(({ message, code }) => `${code} ${message}`).join("\n");
  const [, found] = REMEDIES.find(([says]) => says.test(said)) ?? [];
  return found ?? "Remove node_modules and install again; if it stays so, report the text above.";
}

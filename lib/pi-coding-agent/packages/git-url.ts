// The addresses of repositories.

import { hostedGit } from "./library.js";
import type { GitSource } from "./source.js";

const PROTOCOLS = ["http://", "https://", "ssh://", "git://"];
const SCP = /^git@([^:]+):(.+)$/;

/**
 * The repository that a source names: after `git:` in any of git's ways and as `host/owner/name`, else as an address
 * with a protocol. A branch, tag or commit follows an `@`, or a `#` at the hosts that are known. `null` for what names
 * none.
 */
export function parseGitUrl(source: string): GitSource | null {
  const trimmed = source.trim();
  const named = trimmed.startsWith("git:");
  const url = named ? trimmed.slice("git:".length).trim() : trimmed;
  if (!named && !/^(https?|ssh|git):\/\//i.test(url)) return null;
  const { repo, ref } = splitRef(url);
  return hosted(url, repo, ref) ?? generic(repo, ref);
}

/** A repository of a host that is known. */
function hosted(url: string, repo: string, ref: string | undefined): GitSource | undefined {
  const whole = PROTOCOLS.some((protocol) => repo.startsWith(protocol)) || repo.startsWith("git@");
  const ways = [
    { prefix: "", repo: whole ? repo : `https://${repo}` },
    { prefix: "https://", repo: `https://${repo}` },
  ];
  for (const way of ways) {
    for (const address of ref ? [`${repo}#${ref}`, url] : [url]) {
      const info = hostedGit().fromUrl(way.prefix + address);
      if (!info || (ref && info.project?.includes("@"))) continue;
      const committish = info.committish || ref || undefined;
      const path = `${info.user}/${info.project}`.replace(/\.git$/, "");
      const host = info.domain || "";
      return { type: "git", repo: way.repo, host, path, ref: committish, pinned: Boolean(committish) };
    }
  }
  return undefined;
}

/** A repository of any other host. */
function generic(repo: string, ref: string | undefined): GitSource | null {
  const place = placeOf(repo);
  if (!place) return null;
  const path = place.path.replace(/\.git$/, "").replace(/^\/+/, "");
  if (!place.host || path.split("/").length < 2) return null;
  return { type: "git", repo: place.repo, host: place.host, path, ref, pinned: Boolean(ref) };
}

function placeOf(repo: string): { repo: string; host: string; path: string } | null {
  const scp = SCP.exec(repo);
  if (scp) return { repo, host: scp[1] ?? "", path: scp[2] ?? "" };
  if (PROTOCOLS.some((protocol) => repo.startsWith(protocol))) {
    try {
      const { hostname, pathname } = new URL(repo);
      return { repo, host: hostname, path: pathname.replace(/^\/+/, "") };
    } catch {
      return null;
    }
  }
  const slash = repo.indexOf("/");
  const host = repo.slice(0, Math.max(0, slash));
  if (!host.includes(".") && host !== "localhost") return null;
  return { repo: `https://${repo}`, host, path: repo.slice(slash + 1) };
}

/** An address without its branch, tag or commit, and that. */
function splitRef(url: string): { repo: string; ref?: string } {
  const scp = SCP.exec(url);
  if (scp) return rejoin(url, scp[2] ?? "", (path) => `git@${scp[1]}:${path}`);
  if (url.includes("://")) {
    try {
      const parsed = new URL(url);
      return rejoin(url, parsed.pathname.replace(/^\/+/, ""), (path) => {
        parsed.pathname = `/${path}`;
        return parsed.toString().replace(/\/$/, "");
      });
    } catch {
      return { repo: url };
    }
  }
  const slash = url.indexOf("/");
  if (slash < 0) return { repo: url };
  return rejoin(url, url.slice(slash + 1), (path) => `${url.slice(0, slash)}/${path}`);
}

function rejoin(
  url: string,
  pathAndRef: string,
  join: (path: string) => string,
): { repo: string; ref?: string } {
  const at = pathAndRef.indexOf("@");
  const [path, ref] = [pathAndRef.slice(0, Math.max(0, at)), pathAndRef.slice(at + 1)];
  return at >= 0 && path && ref ? { repo: join(path), ref } : { repo: url };
}

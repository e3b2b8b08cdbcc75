import { createHash, createHmac } from "node:crypto";

/** Whether a request carries the signature that its key gives it, over the headers that it names. */

const SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const FORM =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d+\/([^/]+)\/([^/]+)\/aws4_request), SignedHeaders=([^,]+), Signature=(\w+)$/;

export const credentials = { AWS_ACCESS_KEY_ID: "AKIDEXAMPLE", AWS_SECRET_ACCESS_KEY: SECRET };

/** What the `authorization` of a request says; a signature shows as who made it where, and whether it is right. */
export function authorization({ method, path, headers, body }) {
  const values = new Map(headers);
  const given = values.get("authorization");
  const [, key, scope, region, service, names, signature] = FORM.exec(given ?? "") ?? [];
  if (!signature) return given;
  const canonical = [
    method,
    canonicalPath(path),
    "",
    ...names.split(";").map((name) => `${name}:${values.get(name).trim().replace(/\s+/g, " ")}`),
    "",
    names,
    createHash("sha256").update(body).digest("hex"),
  ].join("\n");
  const digest = createHash("sha256").update(canonical).digest("hex");
  const date = scope.split("/")[0];
  const seed = [date, region, service, "aws4_request"].reduce(hmac, `AWS4${SECRET}`);
  const text = ["AWS4-HMAC-SHA256", values.get("x-amz-date"), scope, digest].join("\n");
  const right = hmac(seed, text).toString("hex") === signature;
  return `${key} for ${service} in ${region}: ${right ? "right" : "wrong"}`;
}

/** Whether a request carries the digest of its body. */
export function digest({ headers, body }) {
  const given = new Map(headers).get("x-amz-content-sha256");
  return given === createHash("sha256").update(body).digest("hex") ? "right" : "wrong";
}

const hmac = (key, text) => createHmac("sha256", key).update(text).digest();

function canonicalPath(path) {
  const segments = path
    .split("?")[0]
    .split("/")
    .filter((segment) => segment !== "" && segment !== ".");
  const escaped = segments.map((segment) =>
    encodeURIComponent(segment).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`),
  );
  return `/${escaped.join("/")}`;
}

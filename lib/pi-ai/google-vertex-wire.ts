// What `google-vertex` needs of the driver of a turn, and what its entry points ask for.

import type { AssistantMessageEventStream } from "./event-stream.js";
import type { GoogleVertexOptions } from "./google-vertex.js";
import { google } from "./google-wire.js";
import type { Asked } from "./request.js";
import { type Dialect, startTurn } from "./turn.js";
import type { Model, SimpleStreamOptions } from "./types.js";

const dialect: Dialect = {
  ...google,
  protocol: "google-vertex",
  options: ["thinking", "project", "location"],
  environment: [
    "GOOGLE_CLOUD_API_KEY",
    "GOOGLE_CLOUD_PROJECT",
    "GCLOUD_PROJECT",
    "GOOGLE_CLOUD_LOCATION",
    "GOOGLE_VERTEX_BASE_URL",
    "GOOGLE_CLOUD_QUOTA_PROJECT",
    // Where the application default credentials are.
    "GOOGLE_APPLICATION_CREDENTIALS",
    "google_application_credentials",
    "CLOUDSDK_CONFIG",
    "APPDATA",
    "HOME",
    "GCE_METADATA_HOST",
    "GCE_METADATA_IP",
    "METADATA_SERVER_DETECTION",
  ],
};

/** Starts a turn in `stream`. */
export function startGoogleVertex(asked: Asked, stream: AssistantMessageEventStream): void {
  startTurn(dialect, asked, stream);
}

/** What `streamGoogleVertex` asks for. The key may be missing: then Google's own credentials count. */
export function askGoogleVertex(
  model: Model<"google-vertex">,
  context: Asked["context"],
  options: GoogleVertexOptions | undefined,
): Asked {
  return ask(model, context, options, false);
}

/** What `streamSimpleGoogleVertex` asks for. */
export function askSimpleGoogleVertex(
  model: Model<"google-vertex">,
  context: Asked["context"],
  options: SimpleStreamOptions | undefined,
): Asked {
  return ask(model, context, options, true);
}

function ask(
  model: Model<"google-vertex">,
  context: Asked["context"],
  options: GoogleVertexOptions | SimpleStreamOptions | undefined,
  simple: boolean,
): Asked {
  const apiKey = options?.apiKey ?? "";
  return { model, context, options: options as Asked["options"], simple, apiKey, client: false };
}

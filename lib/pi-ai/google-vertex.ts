// Google's Vertex AI (`google-vertex`): the direct entry points.

import { started } from "./entry-points.js";
import type { GoogleOptions } from "./google.js";
import { askGoogleVertex, askSimpleGoogleVertex, startGoogleVertex } from "./google-vertex-wire.js";
import type { SimpleStreamOptions, StreamFunction } from "./types.js";

/** Options of `google-vertex`. */
export interface GoogleVertexOptions extends GoogleOptions {
  /** The project to ask for without a key; else `GOOGLE_CLOUD_PROJECT` or `GCLOUD_PROJECT`. */
  project?: string;
  /** Where it runs; else `GOOGLE_CLOUD_LOCATION`. */
  location?: string;
}

/** Streams one turn with the options of `google-vertex`. */
export const streamGoogleVertex: StreamFunction<"google-vertex", GoogleVertexOptions> = (
  model,
  context,
  options,
) => started(askGoogleVertex(model, context, options), startGoogleVertex);

/** Streams one turn with options that fit every provider. */
export const streamSimpleGoogleVertex: StreamFunction<"google-vertex", SimpleStreamOptions> = (
  model,
  context,
  options,
) => started(askSimpleGoogleVertex(model, context, options), startGoogleVertex);

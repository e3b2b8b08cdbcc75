// Bedrock's functions as one object, for `setBedrockProviderModule`.

import { streamBedrock, streamSimpleBedrock } from "./bedrock.js";

/** Bedrock's functions. */
export const bedrockProviderModule = { streamBedrock, streamSimpleBedrock };

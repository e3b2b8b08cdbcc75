import { anthropic } from "./anthropic.mjs";
import { bedrock } from "./bedrock.mjs";
import { chat } from "./chat.mjs";
import { codex } from "./codex.mjs";
import { google, vertex } from "./google.mjs";
import { mistral } from "./mistral.mjs";
import { azure, responses } from "./responses.mjs";

/**
 * The wire protocols. A wire says:
 * - `api`, `provider`, `family` (of `streamX` and `streamSimpleX`, if the root has those), `base(base)`: how to ask over it;
 * - `events(random, kind)`: a random answer, `answer`: the shortest complete one, in the form that `frames` takes;
 * - `frames(events)`: the events as the provider sends them, one `Buffer` or text each; an event is JSON text or a value;
 * - `random(random, style, events)`: the same with the liberties that servers take;
 * - `type`: the response's content type;
 * - `environment(kase)`: variables that must be set; `seen(request)`: the headers without what chance decides;
 * - `call`: an answer of "one two" and a call of `edit`, `openCall`: one that is inside a call;
 * - `failure(body)`: an error in a stream;
 * - `configuration()`: rows of its own about how the host has set things up, if any;
 * - `error(status)`: the body of an error response; `hooks`: what hosts do to its payloads, if that is special;
 * - `legal(text)`: a request of Pi's as it has to be for the service to take it, if Pi's is not always;
 * - `prepare(kase)`: changes what every case of the wire needs otherwise, if anything;
 * - `options(random)` and `compat(random)`: functions that make values for the options and switches of its own.
 */
export const WIRES = new Map(
  [anthropic, chat, mistral, responses, azure, codex, google, vertex, bedrock].map((wire) => [
    wire.api,
    wire,
  ]),
);

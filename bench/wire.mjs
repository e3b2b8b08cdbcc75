/** Provider streams as bytes: text of so many deltas, or tool arguments of so many bytes in so many deltas. */

const CODE = 'export function add(a, b) {\n\treturn a + b; // "sum" of two\n}\n\n';

export function argumentPieces(bytes, deltas) {
  const head = '{"path":"src/a.ts","content":"';
  const line = JSON.stringify(CODE).slice(1, -1);
  const body = line.repeat(Math.ceil(bytes / line.length)).slice(0, bytes - head.length - 2);
  // A cut inside an escape must not be the end of the string.
  const text = `${head}${body.replace(/\\+$/, "")}"}`;
  const size = text.length / deltas;
  return Array.from({ length: deltas }, (_, i) =>
    text.slice(Math.round(i * size), Math.round((i + 1) * size)),
  );
}

const WORD = ["The ", "quick ", "brown ", "fox ", "jumps ", "over ", "the ", "lazy ", "dog. "];

export const textPieces = (deltas) => Array.from({ length: deltas }, (_, i) => WORD[i % WORD.length]);

/** The frames of one answer, the first and the last being what stands around the deltas. */
export function frames(protocol, kind, pieces) {
  return protocol === "anthropic" ? anthropic(kind, pieces) : chat(kind, pieces);
}

function anthropic(kind, pieces) {
  const frame = (data) => `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;
  const block =
    kind === "tool"
      ? { type: "tool_use", id: "toolu_1", name: "write", input: {} }
      : { type: "text", text: "" };
  const delta = (piece) =>
    kind === "tool" ? { type: "input_json_delta", partial_json: piece } : { type: "text_delta", text: piece };
  const usage = { input_tokens: 10, output_tokens: 1 };
  return [
    frame({ type: "message_start", message: { id: "msg_1", role: "assistant", content: [], usage } }) +
      frame({ type: "content_block_start", index: 0, content_block: block }),
    ...pieces.map((piece) => frame({ type: "content_block_delta", index: 0, delta: delta(piece) })),
    frame({ type: "content_block_stop", index: 0 }) +
      frame({
        type: "message_delta",
        delta: { stop_reason: kind === "tool" ? "tool_use" : "end_turn" },
        usage,
      }) +
      frame({ type: "message_stop" }),
  ];
}

function chat(kind, pieces) {
  const head = {
    id: "chatcmpl-1",
    object: "chat.completion.chunk",
    created: 1_700_000_000,
    model: "bench-model",
  };
  const frame = (delta, finish_reason = null) =>
    `data: ${JSON.stringify({ ...head, choices: [{ index: 0, delta, logprobs: null, finish_reason }] })}\n\n`;
  const call = (rest) => ({ tool_calls: [{ index: 0, ...rest }] });
  const open = { id: "call_1", type: "function", function: { name: "write", arguments: "" } };
  return [
    frame(kind === "tool" ? call(open) : { role: "assistant", content: "" }),
    ...pieces.map((piece) =>
      frame(kind === "tool" ? call({ function: { arguments: piece } }) : { content: piece }),
    ),
    `${frame({}, kind === "tool" ? "tool_calls" : "stop")}data: [DONE]\n\n`,
  ];
}

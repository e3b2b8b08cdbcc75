// A provider on this machine for runs without a key: an independent mock of the real wire formats, with one answer that
// thinks, talks and calls a tool.

import { LLMock } from "@copilotkit/aimock";

/** Starts the mock on a free port of the loopback address. */
export async function startMock() {
  const mock = new LLMock({ port: 0, chunkSize: 12, latency: 25, logLevel: "silent" });
  mock.addFixture({
    match: {},
    response: {
      reasoning:
        "The user asks about the weather, which I do not know. There is a tool for it: I call it with the city first, " +
        "and say what I am doing while I wait.",
      content: "Let me look up the current weather before I recommend anything.",
      toolCalls: [{ name: "get_weather", arguments: JSON.stringify({ city: "Paris" }) }],
      usage: {
        input_tokens: 412,
        output_tokens: 96,
        prompt_tokens: 412,
        completion_tokens: 96,
        total_tokens: 508,
      },
    },
  });
  await mock.start();
  return { url: mock.url, stop: () => mock.stop() };
}

/** Random scripts for OAuth: what the services answer, what the browser and the user do. */

/** All that is secret begins so. */
const SECRET = "SECRET";

const HTTP_ERRORS = [
  '{"error":"invalid_grant","error_description":"Refresh token not found"}',
  '{"error":{"message":"Your refresh token has already been used","code":"refresh_token_reused"}}',
  "",
  "<html><body>Bad gateway</body></html>",
  `{"refresh_token":"${SECRET}echo","error":"x"}`,
  `error=x&refresh_token=${SECRET}form&y=1`,
];
const STATUSES = [
  [400, "Bad Request"],
  [401, "Unauthorized"],
  [403, ""],
  [404, "Not Found"],
  [429, "Too Many Requests"],
  [500, "Internal Server Error"],
  [502, "Bad Gateway"],
];
const MALFORMED = [
  "",
  "not json",
  "{",
  "<!DOCTYPE html><html><body>Sign in</body></html>",
  `{"access_token":"${SECRET}torn`,
  `{"access_token":"${SECRET}a" "refresh_token":"${SECRET}r"}`,
  `{"token":"${SECRET}t",}`,
];
const NO_OBJECTS = ["null", "[]", '"text"', "12", "true"];

const failures = [
  () => new TypeError("fetch failed", { cause: refusal() }),
  () => new TypeError("fetch failed", { cause: "a text" }),
  () => new DOMException("The operation was aborted due to timeout", "TimeoutError"),
  () => Object.assign(new Error("odd"), { code: "E_ODD", errno: 0 }),
  () => "a text",
];

function refusal() {
  const error = new Error("connect ECONNREFcredentials.refresh 127.0.0.1:9");
  return Object.assign(error, { code: "ECONNREFcredentials.refresh", errno: -111, syscall: "connect" });
}

/** `used` is the secret that the request had. */
function broken(random, used) {
  return random.weighted([
    [
      4,
      () => {
        const [status, statusText] = random.pick(STATUSES);
        return { status, statusText, body: random.pick([...HTTP_ERRORS, `The token ${used} is spent`]) };
      },
    ],
    [2, () => ({ body: random.pick(MALFORMED) })],
    [2, () => ({ fails: random.pick([...failures, () => new Error(`refused ${used}`)]) })],
  ]);
}

/** An access token of OpenAI's; `odd-account` where Pi cannot read all there is. */
function jwt(random, tags) {
  const encode = (value) => Buffer.from(JSON.stringify(value)).toString("base64");
  const claim = (account) => ({ "https://api.openai.com/auth": { chatgpt_account_id: account } });
  const payload = random.weighted([
    [8, () => encode(claim("acc-1"))],
    [1, () => encode({})],
    [1, () => encode(claim(""))],
    [1, () => encode(claim(7))],
    [1, "%%%"],
    [1, () => Buffer.from("null").toString("base64")],
    [
      1,
      () => {
        tags.add("odd-account");
        return Buffer.from(JSON.stringify({ ...claim("acc-1"), name: "\u00fb\u00ff\u00fe??>>~~" })).toString(
          "base64url",
        );
      },
    ],
  ]);
  return random.weighted([
    [12, `${SECRET}h.${payload}.sig`],
    [1, `${SECRET}opaque`],
  ]);
}

function tokens(random, provider, tags) {
  const access = provider === "openai-codex" ? jwt(random, tags) : `${SECRET}access`;
  const fields = { access_token: access, refresh_token: `${SECRET}next`, expires_in: 3600 };
  random.weighted([
    [8, () => {}],
    [1, () => Object.assign(fields, { token_type: "Bearer", scope: "a b", account: { uuid: "u" } })],
    [
      3,
      () => {
        const odd = random.pick([undefined, "", null, "3600", 0, -5, 0.5, true, {}]);
        fields[random.pick(Object.keys(fields))] = odd;
        tags.add("odd-tokens");
      },
    ],
  ]);
  return { body: JSON.stringify(fields) };
}

function tokenAnswer(random, provider, used, tags) {
  return random.weighted([
    [5, () => tokens(random, provider, tags)],
    [4, () => broken(random, used)],
    [
      1,
      () => {
        tags.add("odd-tokens");
        return { body: random.pick(NO_OBJECTS) };
      },
    ],
  ]);
}

function copilotAnswer(random, used) {
  const ends = random.pick(["", ";proxy-ep=proxy.business.githubcopilot.com;x=1", ";proxy-ep=odd.example"]);
  return random.weighted([
    [6, () => ({ body: JSON.stringify({ token: `${SECRET}tid=1${ends}`, expires_at: 1_750_003_600 }) })],
    [1, () => ({ body: JSON.stringify({ token: random.pick([1, null]), expires_at: 1 }) })],
    [1, () => ({ body: JSON.stringify({ token: `${SECRET}t`, expires_at: random.pick(["1", null]) }) })],
    [1, () => ({ body: random.pick(NO_OBJECTS) })],
    [4, () => broken(random, used)],
  ]);
}

const REFRESH = {
  anthropic: "refreshAnthropicToken",
  "openai-codex": "refreshOpenAICodexToken",
  "github-copilot": "refreshGitHubCopilotToken",
};
export const PROVIDERS = Object.keys(REFRESH);
const OBJECTS = {
  anthropic: "anthropicOAuthProvider",
  "openai-codex": "openaiCodexOAuthProvider",
  "github-copilot": "githubCopilotOAuthProvider",
};
const LOGIN = {
  anthropic: "loginAnthropic",
  "openai-codex": "loginOpenAICodex",
  "github-copilot": "loginGitHubCopilot",
};

export function refreshCase(random) {
  const provider = random.pick(PROVIDERS);
  const tags = new Set();
  const enterpriseUrl = random.pick([undefined, undefined, "company.ghe.com", "", "host:8443", "a b"]);
  const expires = 1_750_000_000_000 + random.pick([-1, 0, 1, 60_000, -1e9]);
  // Its own in each case, since a process remembers what became of it.
  const credentials = { refresh: `${SECRET}refresh${random.letters(8)}`, access: `${SECRET}old`, expires };
  if (provider === "github-copilot") credentials.enterpriseUrl = enterpriseUrl;
  if (random.chance(0.1)) credentials.expires = random.pick([null, undefined, "soon"]);
  const accounts = random.pick([{}, { other: credentials }, { [provider]: credentials, other: {} }]);
  const run = random.pick([
    (side) => side[REFRESH[provider]](credentials.refresh, credentials.enterpriseUrl),
    (side) => side[OBJECTS[provider]].refreshToken(credentials),
    (side) => side.refreshOAuthToken(provider, credentials),
    (side) => side.getOAuthApiKey(provider, { [provider]: credentials }),
    (side) => side.getOAuthApiKey(provider, accounts),
    (side) => side.getOAuthApiKey(random.pick(["nobody", "constructor"]), accounts),
    (side) => side.refreshOAuthToken("nobody", credentials),
  ]);
  const answers = {
    token: [tokenAnswer(random, provider, credentials.refresh, tags)],
    copilot_internal: [copilotAnswer(random, credentials.refresh)],
  };
  return { provider, tags, run, answers };
}

const RIGHT = { query: { code: `${SECRET}code`, state: "right" } };

function visits(random, tags) {
  return random.times(0, 3, () =>
    random.weighted([
      [2, { path: random.pick(["/", "/favicon.ico", "/callback/x"]), query: {} }],
      [2, { query: { code: "c", state: "wrong" } }],
      [1, { query: { code: "c" } }],
      [1, { query: { state: "right" } }],
      [1, { query: {} }],
      [1, { query: { error: "<script>alert('x')</script> & \"more\"" } }],
      [1, { query: { error: "access_denied", state: "wrong" } }],
      [
        0.7,
        () => {
          tags.add("denied");
          return { query: { error: "access_denied", state: "right" } };
        },
      ],
    ]),
  );
}

function entry(random) {
  return random.weighted([
    [2, { form: "code", text: `${SECRET}code` }],
    [2, { form: "hash", text: `${SECRET}code` }],
    [2, { form: "query", text: `${SECRET}code` }],
    [2, { form: "url", text: `${SECRET}code` }],
    [1, { form: "url", state: "wrong" }],
    [1, { form: "hash", state: "wrong" }],
    [1, { form: "query", state: "none" }],
    [1, { form: "hash", state: "none" }],
    [1, { form: "denied" }],
    [1, { form: "text", text: random.pick(["", "  ", "#", `http://${SECRET}code`, "code="]) }],
  ]);
}

export function callbackCase(random) {
  const provider = random.pick(["anthropic", "openai-codex"]);
  const tags = new Set();
  const kase = { provider, tags, login: true, taken: random.chance(0.15), progress: random.chance(0.7) };
  kase.manual = random.weighted([
    [3, undefined],
    [3, () => entry(random)],
    [0.5, { form: "refuses" }],
  ]);
  kase.visits = visits(random, tags);
  if (!kase.manual || random.chance(0.4)) kase.visits.push(RIGHT);
  kase.prompt = entry(random);
  kase.answers = { token: [tokenAnswer(random, provider, `${SECRET}code`, tags)] };
  const originator = random.pick([undefined, "argent", "a b&c"]);
  kase.run = random.pick([
    (side, given) => side[LOGIN[provider]]({ ...given, ...(originator && { originator }) }),
    (side, given) => side[OBJECTS[provider]].login(given),
  ]);
  return kase;
}

function poll(random) {
  return random.weighted([
    [5, { body: '{"error":"authorization_pending"}' }],
    [
      2,
      () => ({
        body: JSON.stringify({ error: "slow_down", interval: random.pick([10, 0, -1, "7", undefined]) }),
      }),
    ],
    [0.3, { body: '{"error":"expired_token"}' }],
    [0.3, { body: '{"error":"access_denied","error_description":"The user said <no>"}' }],
    [0.3, { body: "{}" }],
    [0.3, () => ({ body: random.pick(NO_OBJECTS) })],
    [0.3, () => broken(random, `${SECRET}device`)],
  ]);
}

export function deviceCase(random) {
  const provider = "github-copilot";
  const tags = new Set();
  const device = {
    device_code: `${SECRET}device`,
    user_code: "ABCD-1234",
    verification_uri: "https://github.com/login/device",
    interval: random.pick([5, 5, 1, 0, 0.2]),
    expires_in: random.pick([900, 900, 30, 5, 0, -1]),
  };
  if (random.chance(0.1)) device[random.pick(Object.keys(device))] = random.pick([undefined, null, {}]);
  const polls = random.times(0, 6, () => poll(random));
  if (random.chance(0.8)) polls.push({ body: JSON.stringify({ access_token: `${SECRET}github` }) });
  else polls.push({ body: random.pick(['{"error":"authorization_pending"}', '{"error":"slow_down"}']) });
  const answers = {
    "device/code": [
      random.weighted([
        [8, { body: JSON.stringify(device) }],
        [1, () => broken(random, "nothing")],
        [0.5, () => ({ body: random.pick(NO_OBJECTS) })],
      ]),
    ],
    "oauth/access_token": polls,
    copilot_internal: [copilotAnswer(random, `${SECRET}github`)],
    policy: random.times(1, 5, () => random.pick([{ body: "{}" }, { status: 403 }, { fails: failures[0] }])),
  };
  const text = random.pick(["", "", " ", "company.ghe.com", "https://company.ghe.com/x", "a b", "http://"]);
  const abortAt = random.weighted([
    [8, undefined],
    [1, () => ({ wait: random.between(1, 4) })],
    [0.5, { prompt: true }],
    [
      0.5,
      () => {
        tags.add("abort");
        return { route: random.pick(["oauth/access_token", "device/code", "policy"]), fetch: 1 };
      },
    ],
  ]);
  const positional = (given) => ({
    ...given,
    onAuth: (url, instructions) => given.onAuth(url, instructions),
  });
  return {
    provider,
    tags,
    login: true,
    prompt: { form: "text", text },
    progress: random.chance(0.7),
    answers,
    abortAt,
    run: random.pick([
      (side, given) => side.loginGitHubCopilot(positional(given)),
      (side, given) => side.githubCopilotOAuthProvider.login(given),
    ]),
  };
}

/** What needs no service: the registry, domains, addresses and models. */
export function plainCase(random) {
  const id = random.pick([...PROVIDERS, "mine", "other"]);
  const own = (name) => ({ id: name, name, refreshToken: async () => ({}), getApiKey: () => name });
  const steps = random.times(1, 6, () => random.pick(["register", "unregister", "reset", "register other"]));
  const domain = random.pick([
    "",
    " github.com ",
    "https://company.ghe.com/path?x",
    "HOST:8443",
    "a b",
    "://",
    "http://",
    "caf\u00e9.example",
    "[::1]",
    "x/y",
  ]);
  const token = random.pick([
    undefined,
    "",
    "tid=1;proxy-ep=proxy.a.b;exp=2",
    "proxy-ep=api.x",
    "proxy-ep=;a",
  ]);
  const credentials = {
    refresh: "r",
    access: token ?? "",
    expires: 1,
    enterpriseUrl: random.pick([undefined, domain]),
  };
  const models = ["github-copilot", "openai"].map((provider) => ({
    id: "m",
    provider,
    baseUrl: "https://b",
  }));
  const run = (side) => {
    for (const step of steps) {
      if (step === "register") side.registerOAuthProvider(own(id));
      if (step === "register other") side.registerOAuthProvider(own("third"));
      if (step === "unregister") side.unregisterOAuthProvider(id);
      if (step === "reset") side.resetOAuthProviders();
    }
    const shown = {
      providers: side
        .getOAuthProviders()
        .map((one) => [one.id, one.name, one.usesCallbackServer, Object.keys(one)]),
      info: side.getOAuthProviderInfoList(),
      one: side.getOAuthProvider(id)?.name,
      none: side.getOAuthProvider("toString"),
      domain: side.normalizeDomain(domain),
      base: side.getGitHubCopilotBaseUrl(token, random.pick([undefined, "", "company.ghe.com"])),
      models: side.githubCopilotOAuthProvider.modifyModels(models, credentials),
      key: side.anthropicOAuthProvider.getApiKey({ access: "a" }),
    };
    side.resetOAuthProviders();
    return shown;
  };
  return { provider: "none", tags: new Set(), answers: {}, run };
}

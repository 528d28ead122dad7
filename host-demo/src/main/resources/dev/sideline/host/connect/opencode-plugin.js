// Written by "sideline connect opencode". Run that again rather than editing this file;
// "sideline connect opencode --remove" deletes it.
//
// Sideline's tool server serves all sessions of this project over one connection, so OpenCode has to
// tell it which session each call comes from. Here the session's id is put into the call together
// with a signature; whatever a model writes in that place is overwritten, and would lack the
// signature. The server also has to reach OpenCode, to open sessions for tasks and to follow them.
import { createHmac, randomBytes } from "node:crypto"
import { readFileSync } from "node:fs"

const SERVER = "@SERVER@"
const KEY_FILE = "@KEY_FILE@"

const base64url = (text) => Buffer.from(text, "utf8").toString("base64url")

// A folder above this one may be connected as well. OpenCode then loads the plugin files of both, and
// starts the server of one. So the key is the one that this server was given.
function keyFileOf(entry) {
  const words = Array.isArray(entry.command) ? entry.command : []
  const option = words.lastIndexOf("--caller-key")
  return option >= 0 && option + 1 < words.length ? words[option + 1] : KEY_FILE
}

function signature(keyFile, tool, sessionID, callID) {
  const key = Buffer.from(readFileSync(keyFile, "utf8").trim(), "hex")
  const nonce = randomBytes(12).toString("base64url")
  const body = ["v1", base64url(sessionID), base64url(callID ?? ""), Date.now(), nonce].join(".")
  return body + "." + createHmac("sha256", key).update(body + "." + tool).digest("base64url")
}

// OpenCode gives this address when it does not listen at all.
const listens = (url) => !(url.hostname === "localhost" && url.port === "4096")

// In the terminal interface and in "opencode run", OpenCode answers requests from within the process
// only. Then they are passed on from a port of this machine, to whoever knows a random password.
function passage(client) {
  const inside = client?._client?.getConfig?.().fetch
  if (typeof Bun === "undefined" || typeof inside !== "function") return undefined
  const password = randomBytes(32).toString("hex")
  const basic = (user, secret) => "Basic " + Buffer.from(user + ":" + secret).toString("base64")
  const expected = basic("opencode", password)
  const own = process.env.OPENCODE_SERVER_PASSWORD
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    idleTimeout: 120, // Seconds; the event stream beats every ten.
    fetch(request) {
      if (request.headers.get("authorization") !== expected)
        return new Response("Unauthorized", { status: 401 })
      const passed = new Request(request)
      passed.headers.delete("authorization")
      if (own)
        passed.headers.set("authorization", basic(process.env.OPENCODE_SERVER_USERNAME ?? "opencode", own))
      return inside(passed)
    },
  })
  server.unref?.()
  return { url: `http://127.0.0.1:${server.port}`, username: "opencode", password }
}

function address(input) {
  const url = new URL(String(input.serverUrl))
  if (listens(url)) return { url: url.origin }
  const known = Symbol.for("sideline.passage") // One for the process, however often this is loaded.
  return (globalThis[known] ??= passage(input.client))
}

export const Sideline = async (input) => {
  let reached
  let keyFile = KEY_FILE
  return {
    config: async (config) => {
      const entry = config.mcp?.[SERVER]
      if (!entry) return
      keyFile = keyFileOf(entry)
      reached = address(input)
      if (!reached) return
      const environment = { ...entry.environment, SIDELINE_OPENCODE_URL: reached.url }
      if (reached.password) {
        environment.OPENCODE_SERVER_USERNAME = reached.username
        environment.OPENCODE_SERVER_PASSWORD = reached.password
      }
      entry.environment = environment
    },
    "tool.execute.before": async (call, output) => {
      if (!call.tool.startsWith(SERVER + "_")) return
      if (!reached)
        throw new Error(
          "Sideline cannot reach this OpenCode, because it does not listen on a port. A person can " +
            "change that: start it with 'opencode --port 4096', or 'opencode serve' and 'opencode attach'.",
        )
      const tool = call.tool.slice(SERVER.length + 1)
      output.args._caller = signature(keyFile, tool, call.sessionID, call.callID)
    },
  }
}

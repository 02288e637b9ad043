// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
//
// Tools that want something from the client before they can answer. Each is a function of one round
// {args, responses, state, capabilities} and returns a result, or {ask: {key: request}, state} to be called again with
// the answers. How the client is asked is not its business: by requests of the server (initialize-based revisions), or
// by a result of type input_required (2026-07-28).
import { said } from "./content.mjs";

const form = (message, properties, required = Object.keys(properties)) => ({
  method: "elicitation/create",
  params: { mode: "form", message, requestedSchema: { type: "object", properties, ...(required.length && { required }) } },
});
const sampling = (prompt, maxTokens = 100) => ({
  method: "sampling/createMessage",
  params: { messages: [{ role: "user", content: { type: "text", text: prompt } }], maxTokens },
});
const roots = { method: "roots/list" };

const accepted = (response) => (response?.action === "accept" ? response.content : undefined);
const textOf = (response) => response?.content?.text;
const choice = (response) => `action=${response.action}, content=${JSON.stringify(response.content ?? {})}`;

/** A tool that asks one question and repeats the answer, whatever it is. */
const asks = (request, say) => (round) => {
  const answer = round.responses.answer;
  return answer?.action || answer?.content ? said(say(answer)) : { ask: { answer: request(round.args) } };
};

const options = ["option1", "option2", "option3"];
const titled = (words) => words.map((word, index) => ({ const: `value${index + 1}`, title: word }));

export const steps = {
  test_sampling: asks(({ prompt }) => sampling(prompt), (answer) => `LLM response: ${textOf(answer)}`),
  test_missing_capability: asks(() => sampling("Is this allowed?"), (answer) => `LLM response: ${textOf(answer)}`),
  test_elicitation: asks(
    ({ message }) =>
      form(message, {
        username: { type: "string", description: "User's response" },
        email: { type: "string", description: "User's email address" },
      }),
    (answer) => `User response: ${choice(answer)}`,
  ),
  test_streaming_elicitation: asks(
    () => form("Shall the stream go on?", { proceed: { type: "boolean" } }),
    (answer) => `User response: ${choice(answer)}`,
  ),
  test_elicitation_sep1034_defaults: asks(
    () =>
      form(
        "Please check these values",
        {
          name: { type: "string", description: "Name", default: "John Doe" },
          age: { type: "integer", description: "Age", default: 30 },
          score: { type: "number", description: "Score", default: 95.5 },
          status: { type: "string", enum: ["active", "inactive", "pending"], default: "active" },
          verified: { type: "boolean", description: "Verified", default: true },
        },
        [],
      ),
    (answer) => `Elicitation completed: ${choice(answer)}`,
  ),
  test_elicitation_sep1330_enums: asks(
    () =>
      form(
        "Please choose",
        {
          untitledSingle: { type: "string", enum: options },
          titledSingle: { type: "string", oneOf: titled(["First Option", "Second Option", "Third Option"]) },
          legacyEnum: {
            type: "string",
            enum: ["opt1", "opt2", "opt3"],
            enumNames: ["Option One", "Option Two", "Option Three"],
          },
          untitledMulti: { type: "array", items: { type: "string", enum: options } },
          titledMulti: { type: "array", items: { anyOf: titled(["First Choice", "Second Choice", "Third Choice"]) } },
        },
        [],
      ),
    (answer) => `Elicitation completed: ${choice(answer)}`,
  ),

  test_input_required_result_elicitation: ({ responses }) => {
    const name = accepted(responses.user_name)?.name;
    if (typeof name === "string") return said(`Hello, ${name}!`);
    return { ask: { user_name: form("What is your name?", { name: { type: "string" } }) } };
  },
  test_input_required_result_sampling: ({ responses }) => {
    const answer = textOf(responses.capital_question);
    return answer ? said(answer) : { ask: { capital_question: sampling("What is the capital of France?") } };
  },
  test_input_required_result_list_roots: ({ responses }) => {
    const known = responses.client_roots?.roots;
    if (!Array.isArray(known)) return { ask: { client_roots: roots } };
    return said(`Roots: ${known.map((root) => root.uri).join(", ")}`);
  },
  test_input_required_result_request_state: ({ responses, state }) => {
    if (state?.step === "confirm" && accepted(responses.confirm)) return said("state-ok");
    return { ask: { confirm: form("Please confirm", { ok: { type: "boolean" } }) }, state: { step: "confirm" } };
  },
  test_input_required_result_tampered_state: ({ responses, state }) => {
    if (state?.step === "sealed" && accepted(responses.confirm)) return said("The state came back as it was.");
    return { ask: { confirm: form("Please confirm", { ok: { type: "boolean" } }) }, state: { step: "sealed" } };
  },
  test_input_required_result_multiple_inputs: ({ responses, state }) => {
    const name = accepted(responses.user_name)?.name;
    const greeting = textOf(responses.greeting);
    const known = responses.client_roots?.roots;
    if (state?.step === "all" && name && greeting && known) {
      return said(`${greeting} ${name}, you have ${known.length} root(s).`);
    }
    return {
      ask: {
        user_name: form("What is your name?", { name: { type: "string" } }),
        greeting: sampling("Generate a greeting", 50),
        client_roots: roots,
      },
      state: { step: "all" },
    };
  },
  test_input_required_result_multi_round: ({ responses, state }) => {
    const color = state?.step === "color" && accepted(responses.step2)?.color;
    if (color) return said(`${state.name} likes ${color}.`);
    const name = state?.step === "name" && accepted(responses.step1)?.name;
    if (name) {
      const question = form("Step 2: What is your favorite color?", { color: { type: "string" } });
      return { ask: { step2: question }, state: { step: "color", name } };
    }
    return {
      ask: { step1: form("Step 1: What is your name?", { name: { type: "string" } }) },
      state: { step: "name" },
    };
  },
  test_input_required_result_capabilities: ({ responses, capabilities }) => {
    const said_by_model = textOf(responses.thought);
    const said_by_user = accepted(responses.opinion)?.opinion;
    if (said_by_model || said_by_user) return said(`Heard: ${said_by_model ?? said_by_user}`);
    return {
      ask: {
        ...(capabilities.sampling && { thought: sampling("What do you think?") }),
        ...(capabilities.elicitation && { opinion: form("What do you think?", { opinion: { type: "string" } }) }),
      },
    };
  },
  prompt_context: ({ responses }) => {
    const context = accepted(responses.user_context)?.context;
    if (typeof context === "string") return { context };
    return { ask: { user_context: form("What context should the prompt use?", { context: { type: "string" } }) } };
  },
};

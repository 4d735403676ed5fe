/** The line protocol of an SDK driver: docs/sdk-driver-protocol.md. The drivers of Node.js share it. */

import { readFileSync } from 'node:fs';
import path from 'node:path';

// Taken before any SDK is loaded: whatever one prints goes to standard error.
const send = takeStandardOutput();

/** Input that no harness may send: the driver ends with status 2. */
class ProtocolError extends Error {}

/** A parameter that the SDK has no way to carry: nothing is sent. */
export class Unsupported extends Error {
  /**
   * @param {string} parameter its path in folded form, such as `Tag[].Key`
   * @param {'unknown' | 'type' | 'action'} why
   */
  constructor(parameter, why) {
    super(`the SDK cannot carry ${parameter}: ${why}`);
    this.name = 'Unsupported';
    this.parameter = parameter;
    this.why = why;
  }
}

/**
 * Answers the requests on standard input until `stop` or its end, then ends the process: sockets that
 * are kept alive would hold it otherwise.
 *
 * @param {Record<string, (request: object) => object | Promise<object>>} commands the answer of each
 *   command, without its id
 */
export function serve(commands) {
  answerAll(commands).then(
    () => process.exit(0),
    (error) => {
      process.stderr.write(`${error instanceof ProtocolError ? error.message : error.stack}\n`);
      process.exit(error instanceof ProtocolError ? 2 : 1);
    },
  );
}

async function answerAll(commands) {
  for await (const line of lines(process.stdin)) {
    const request = parseRequest(line, commands);
    if (request.command === 'stop') {
      await send({ id: request.id });
      return;
    }
    await send({ id: request.id, ...(await commands[request.command](request)) });
  }
}

/** Keeps standard output for the protocol; gives the function that writes a message to it. */
function takeStandardOutput() {
  const write = process.stdout.write.bind(process.stdout);
  process.stdout.write = process.stderr.write.bind(process.stderr);
  return (message) => new Promise((resolve) => write(`${JSON.stringify(message)}\n`, resolve));
}

/** The lines of a stream. Not node:readline, which also ends a line at U+2028, a legal character of JSON text. */
async function* lines(stream) {
  stream.setEncoding('utf8');
  let rest = '';
  for await (const chunk of stream) {
    const parts = (rest + chunk).split('\n');
    rest = parts.pop();
    yield* parts;
  }
  if (rest !== '') {
    yield rest;
  }
}

/** The message never quotes the line: it may hold a secret. */
function parseRequest(line, commands) {
  let request;
  try {
    request = JSON.parse(line);
  } catch {
    throw new ProtocolError('a line on standard input is not JSON');
  }
  if (request === null || typeof request !== 'object' || Array.isArray(request)) {
    throw new ProtocolError('a line on standard input is not a JSON object');
  }
  if (request.command !== 'stop' && !Object.hasOwn(commands, request.command)) {
    throw new ProtocolError('a line on standard input has an unknown command');
  }
  return request;
}

/** What a driver tells of the JavaScript engine, for the answer to `start`. */
export const PLATFORM = { language: 'JavaScript', runtime: `Node.js ${process.versions.node}` };

/**
 * The package.json of an installed package.
 *
 * @param {NodeRequire} require a `require` of the module that uses the package
 * @param {string} name
 * @returns {{file: string, manifest: object}}
 * @throws {Error} when the package is not installed
 */
export function installedPackage(require, name) {
  let folder = path.dirname(require.resolve(name));
  while (folder !== path.dirname(folder)) {
    const file = path.join(folder, 'package.json');
    const manifest = readManifest(file);
    if (manifest?.name === name) {
      return { file, manifest };
    }
    folder = path.dirname(folder);
  }
  throw new Error(`${name} has no package.json`);
}

function readManifest(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}

/**
 * Refuses integers that a JavaScript number cannot hold exactly: sent on, they would look like an SDK that
 * changes values.
 *
 * @throws {Unsupported}
 */
export function checkNumbers(value, place = '') {
  if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)) {
    throw new Unsupported(place, 'type');
  }
  if (Array.isArray(value)) {
    value.forEach((item) => checkNumbers(item, `${place}[]`));
  } else if (value !== null && typeof value === 'object') {
    Object.entries(value).forEach(([name, item]) => checkNumbers(item, place ? `${place}.${name}` : name));
  }
}

/** The answer to a call that succeeded; a body that is no object has no fields to tell. */
export function success({ status, requestId, body }) {
  return {
    outcome: 'success',
    status: status ?? null,
    code: null,
    message: null,
    request_id: textOrNull(requestId),
    body: typeof body === 'object' && !Array.isArray(body) ? body : null,
    exception: null,
  };
}

/**
 * The answer to a call that threw, in the SDK's own words.
 *
 * @param {unknown} error what was thrown; json-bigint throws objects that are no Error
 * @param {{status?: number, requestId?: string, owner?: {name: string, exports: object}}} seen what only this SDK's
 *   callers know how to read, and the package that may export the class
 */
export function failure(error, { status, requestId, owner }) {
  if (error instanceof Unsupported) {
    return refusal(error);
  }
  return {
    outcome: outcomeOf(error, status),
    status: status ?? null,
    code: textOrNull(error?.code),
    message: textOrNull(error?.message ?? error),
    request_id: textOrNull(requestId),
    body: null,
    exception: exceptionName(error, owner),
    exception_bases: exceptionBases(error, owner),
  };
}

/** The answer to a call that was not made: the SDK raised nothing. */
function refusal({ parameter, why }) {
  return {
    outcome: 'client_error',
    status: null,
    code: null,
    message: null,
    request_id: null,
    body: null,
    exception: null,
    unsupported: { parameter, why },
  };
}

/** An error of the service has a code, and the answer that it was read from; one of the SDK itself has no answer. */
function outcomeOf(error, status) {
  if (isPresent(error?.code) && isPresent(status ?? error.data)) {
    return 'service_error';
  }
  // httpx, which sends for every Alibaba Cloud SDK of Node.js, has one name for both of its timeouts.
  return error?.name === 'RequestTimeoutError' || error?.code === 'ETIMEDOUT' ? 'timeout' : 'client_error';
}

/**
 * The name by which a caller tells an error: its class; or, for a class of JavaScript itself, the name that
 * the SDK wrote on the error.
 *
 * @param {unknown} error
 * @param {{name: string, exports: object}} [owner] the package that may export the class
 */
function exceptionName(error, owner) {
  const thrown = error?.constructor;
  if (!thrown || globalThis[thrown.name] === thrown) {
    return String(error?.name ?? typeof error);
  }
  return className(thrown, owner);
}

/** The other names by which a caller tells an error: the classes above its own, the nearest first. */
function exceptionBases(error, owner) {
  const names = [];
  const own = exceptionName(error, owner);
  for (let at = Object(error); (at = Object.getPrototypeOf(at)) !== null; ) {
    const name = at === Object.prototype ? own : className(at.constructor, owner);
    if (name !== own && !names.includes(name)) {
      names.push(name);
    }
  }
  return names;
}

function className(found, owner) {
  return Object.values(owner?.exports ?? {}).includes(found) ? `${owner.name}.${found.name}` : String(found?.name);
}

function isPresent(value) {
  return value !== undefined && value !== null;
}

function textOrNull(value) {
  return isPresent(value) ? String(value) : null;
}

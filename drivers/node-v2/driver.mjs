/** SDK driver for @alicloud/vpc20160428, the typed SDK of Node.js: docs/sdk-driver-protocol.md. */

import { buildModel, modelFields } from './models.mjs';
import { PLATFORM, Unsupported, checkNumbers, exceptionName, failure, serve, success } from './protocol.mjs';
import { loadSdk } from './sdk.mjs';

const API_VERSION = '2016-04-28';

const sdk = loadSdk();
const Client = sdk.module.default;

serve({
  start: () => ({ driver: 'node-v2', ...sdk.versions, ...PLATFORM }),
  model: ({ action }) => ({ fields: hasOperation(action) ? operationFields(action) : null }),
  call,
});

/** Calls an operation once, as a caller of the SDK does. */
async function call(request) {
  try {
    const client = createClient(request);
    const args = operationArguments(request);
    const response = await client[methodName(request.action)](...args);
    return success({
      status: response.statusCode,
      requestId: response.body?.requestId,
      body: response.body?.toMap(),
    });
  } catch (error) {
    return failure(error, {
      status: error?.statusCode,
      // openapi-client tells the request id in the decoded answer only.
      requestId: error?.requestId ?? error?.data?.RequestId ?? error?.data?.requestId,
      exception: exceptionName(error, sdk.coreExports),
    });
  }
}

function createClient({ endpoint, credentials }) {
  const url = new URL(endpoint);
  return new Client(new sdk.Config({
    accessKeyId: credentials.access_key_id,
    accessKeySecret: credentials.access_key_secret,
    securityToken: credentials.security_token ?? undefined,
    endpoint: url.host,
    protocol: url.protocol.slice(0, -1).toUpperCase(),
  }));
}

/**
 * The arguments of the operation's method: the request model, and the options of this call.
 *
 * @throws {Unsupported} when the release lacks the operation, or cannot carry a parameter
 */
function operationArguments({ action, version = API_VERSION, params = {}, timeout_s: seconds }) {
  if (version !== API_VERSION || !hasOperation(action)) {
    throw new Unsupported(version === API_VERSION ? 'Action' : 'Version', 'action');
  }
  checkNumbers(params);
  const milliseconds = Math.round(seconds * 1000);
  const options = new sdk.RuntimeOptions({
    connectTimeout: milliseconds,
    readTimeout: milliseconds,
    autoretry: false,
  });
  const Request = requestClass(action);
  if (Request) {
    return [buildModel(Request, params), options];
  }
  refuseParameters(params);
  return [options];
}

/** An operation without parameters has no request model. */
function refuseParameters(params) {
  for (const name of Object.keys(params)) {
    throw new Unsupported(name, 'unknown');
  }
}

function operationFields(action) {
  const Request = requestClass(action);
  return Request ? modelFields(Request) : [];
}

function requestClass(action) {
  return sdk.module[`${action}Request`];
}

function hasOperation(action) {
  return typeof Client.prototype[methodName(action)] === 'function';
}

function methodName(action) {
  return `${action.charAt(0).toLowerCase()}${action.slice(1)}WithOptions`;
}

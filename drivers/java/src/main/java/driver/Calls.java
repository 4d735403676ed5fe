package driver;

import com.aliyun.tea.TeaException;
import com.aliyun.tea.TeaModel;
import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.lang.reflect.Method;
import java.net.SocketTimeoutException;
import java.util.Map;

/** One call: a request as a caller of the SDK makes it, and what the caller gets. */
final class Calls {
    /** Leaves out what is null: a field that the SDK did not return. */
    private static final Gson BODY = new Gson();

    private Calls() {}

    /** Sends a request and tells what came of it. Throws nothing that the SDK throws. */
    static JsonObject call(Request asked) {
        try {
            return success(send(asked));
        } catch (UnsupportedParameterException exception) {
            return refused(exception);
        } catch (Throwable thrown) { // an SDK on a core that does not fit throws errors, such as NoSuchMethodError
            return failure(thrown);
        }
    }

    /** The answer to a call that was not made. */
    static JsonObject refused(UnsupportedParameterException exception) {
        JsonObject answer = answer("client_error", null, null, exception.getMessage(), null, "Unsupported");
        JsonObject unsupported = new JsonObject();
        unsupported.addProperty("parameter", exception.parameter());
        unsupported.addProperty("why", exception.why());
        answer.add("unsupported", unsupported);
        return answer;
    }

    private static Object send(Request asked) throws Throwable {
        if (!asked.version().equals(Sdk.API_VERSION)) {
            throw new UnsupportedParameterException("Version", "action");
        }
        Method operation = Sdk.findOperation(asked.action())
                .orElseThrow(() -> new UnsupportedParameterException("Action", "action"));
        Object[] arguments = Sdk.arguments(operation, asked.params(), asked.timeoutMs());
        return Sdk.send(operation, arguments, asked.endpoint(), asked.credentials());
    }

    private static JsonObject success(Object response) throws ReflectiveOperationException {
        Integer status = (Integer) response.getClass().getField("statusCode").get(response);
        TeaModel body = (TeaModel) response.getClass().getField("body").get(response);
        JsonObject fields = body == null ? null : BODY.toJsonTree(body.toMap()).getAsJsonObject();
        JsonObject answer = answer("success", status, null, null, requestId(body == null ? null : body.toMap()), null);
        answer.add("body", fields);
        return answer;
    }

    private static JsonObject failure(Throwable thrown) {
        JsonObject answer = told(thrown);
        JsonArray bases = new JsonArray();
        for (Class<?> base = thrown.getClass().getSuperclass(); base != Object.class; base = base.getSuperclass()) {
            bases.add(base.getName());
        }
        answer.add("exception_bases", bases);
        return answer;
    }

    private static JsonObject told(Throwable thrown) {
        String name = thrown.getClass().getName();
        if (!(thrown instanceof TeaException error)) {
            return answer(isTimeout(thrown) ? "timeout" : "client_error", null, null, thrown.getMessage(), null, name);
        }
        // An error that was read from an answer has the decoded answer, or the status, or both.
        boolean answered = error.getData() != null || error.getStatusCode() != null;
        String outcome = answered ? "service_error" : isTimeout(thrown) ? "timeout" : "client_error";
        String requestId = requestId(error.getData());
        return answer(outcome, error.getStatusCode(), error.getCode(), error.getMessage(), requestId, name);
    }

    /** The SDK wraps what the HTTP client threw. */
    private static boolean isTimeout(Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof SocketTimeoutException) {
                return true;
            }
        }
        return false;
    }

    private static String requestId(Map<String, Object> data) {
        Object found = data == null ? null : data.getOrDefault("RequestId", data.get("requestId"));
        return found == null ? null : found.toString();
    }

    private static JsonObject answer(
            String outcome, Integer status, String code, String message, String requestId, String exception) {
        JsonObject answer = new JsonObject();
        answer.addProperty("outcome", outcome);
        answer.addProperty("status", status);
        answer.addProperty("code", code);
        answer.addProperty("message", message);
        answer.addProperty("request_id", requestId);
        answer.add("body", JsonNull.INSTANCE);
        answer.addProperty("exception", exception);
        return answer;
    }
}

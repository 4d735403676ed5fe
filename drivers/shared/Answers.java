package driver;

import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.net.SocketTimeoutException;

/** Answers to a call. */
final class Answers {
    private Answers() {}

    /** An answer with each field of the protocol; the body is null. */
    static JsonObject answer(
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

    /** The answer to a call that was not made. */
    static JsonObject refused(UnsupportedParameterException exception) {
        JsonObject answer = answer("client_error", null, null, exception.getMessage(), null, "Unsupported");
        JsonObject unsupported = new JsonObject();
        unsupported.addProperty("parameter", exception.parameter());
        unsupported.addProperty("why", exception.why());
        answer.add("unsupported", unsupported);
        return answer;
    }

    /** The answer to a call that failed before the SDK told anything of an answer of the server. */
    static JsonObject failed(Throwable thrown) {
        String outcome = isTimeout(thrown) ? "timeout" : "client_error";
        return answer(outcome, null, null, thrown.getMessage(), null, thrown.getClass().getName());
    }

    /** Adds the names of the classes by which a caller can catch what was thrown, too. */
    static JsonObject withBases(JsonObject answer, Throwable thrown) {
        JsonArray bases = new JsonArray();
        for (Class<?> base = thrown.getClass().getSuperclass(); base != Object.class; base = base.getSuperclass()) {
            bases.add(base.getName());
        }
        answer.add("exception_bases", bases);
        return answer;
    }

    /** Whether a timeout is among the causes: SDKs wrap what the HTTP client threw. */
    static boolean isTimeout(Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof SocketTimeoutException) {
                return true;
            }
        }
        return false;
    }
}

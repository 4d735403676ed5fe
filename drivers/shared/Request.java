package driver;

import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.net.URI;
import java.util.Objects;

/** A request to call an operation. */
record Request(URI endpoint, String action, JsonObject params, Credentials credentials, int timeoutMs) {
    /** What a call is signed with; the token may be null. */
    record Credentials(String accessKeyId, String accessKeySecret, String securityToken) {}

    /**
     * Reads a request of the protocol. Not by Gson's reflection: the Gson that old releases bring knows no records.
     *
     * @throws RuntimeException when a field is missing, or has the wrong type
     */
    static Request parse(JsonObject message) {
        JsonObject credentials = message.getAsJsonObject("credentials");
        return new Request(
                URI.create(message.get("endpoint").getAsString()),
                message.get("action").getAsString(),
                Objects.requireNonNull(message.getAsJsonObject("params")),
                new Credentials(
                        text(credentials, "access_key_id"),
                        text(credentials, "access_key_secret"),
                        text(credentials, "security_token")),
                (int) (message.get("timeout_s").getAsDouble() * 1000));
    }

    /** A field that may be left out or null. */
    static String text(JsonObject message, String field) {
        JsonElement value = message.get(field);
        return value == null || value == JsonNull.INSTANCE ? null : value.getAsString();
    }
}

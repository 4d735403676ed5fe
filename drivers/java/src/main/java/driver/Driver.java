package driver;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;

/** SDK driver for com.aliyun:vpc20160428: docs/sdk-driver-protocol.md. This class has the line protocol. */
public final class Driver {
    private static final Gson JSON = new GsonBuilder().serializeNulls().disableHtmlEscaping().create();

    private Driver() {}

    /** Input that no harness may send: the driver ends with status 2. The text quotes no line: it may hold a secret. */
    private static final class InputException extends Exception {
        private static final long serialVersionUID = 1;

        InputException(String message) {
            super("standard input: " + message);
        }
    }

    /**
     * Answers the requests on standard input until {@code stop} or its end.
     *
     * @throws IOException when a standard stream fails
     */
    public static void main(String[] arguments) throws IOException {
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        System.setOut(System.err); // standard output is the protocol's: what a library prints goes to standard error
        int status = 0;
        try {
            serve(new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)), out);
        } catch (InputException exception) {
            System.err.println(exception.getMessage());
            status = 2;
        }
        System.exit(status); // the HTTP client's threads would hold the process
    }

    private static void serve(BufferedReader lines, PrintStream out) throws IOException, InputException {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            JsonObject request = parse(line);
            String command = read(() -> request.get("command").getAsString());
            JsonObject answer = answer(command, request);
            answer.add("id", request.has("id") ? request.get("id") : JsonNull.INSTANCE);
            out.println(JSON.toJson(answer));
            if (command.equals("stop")) {
                return;
            }
        }
    }

    /** Gson's own shortcuts also take what is almost JSON; its adapters are strict. */
    private static JsonObject parse(String line) throws InputException {
        JsonReader reader = new JsonReader(new StringReader(line));
        try {
            JsonElement parsed = JSON.getAdapter(JsonElement.class).read(reader);
            if (parsed.isJsonObject() && reader.peek() == JsonToken.END_DOCUMENT) {
                return parsed.getAsJsonObject();
            }
        } catch (IOException | JsonParseException exception) {
            // Not JSON: the same answer as for JSON that is no object.
        }
        throw new InputException("a line is not a JSON object");
    }

    private static JsonObject answer(String command, JsonObject request) throws InputException {
        return switch (command) {
            case "start" -> Sdk.describe();
            case "call" -> isOfAnother(request)
                    ? Calls.refused(new UnsupportedParameterException(named(request), "product"))
                    : Calls.call(read(() -> Request.parse(request)));
            case "model" -> isOfAnother(request)
                    ? model("")
                    : model(read(() -> request.get("action").getAsString()));
            case "stop" -> new JsonObject();
            default -> throw new InputException("a line has an unknown command");
        };
    }

    /** Gson throws many exceptions for a field that is missing or has the wrong type; all are unchecked. */
    private static <T> T read(Supplier<T> field) throws InputException {
        try {
            return field.get();
        } catch (RuntimeException exception) {
            throw new InputException("a field of a request is missing, or has the wrong type");
        }
    }

    /** Whether a request is about another product than the one that the SDK is for. */
    private static boolean isOfAnother(JsonObject request) {
        return request.has("product") && !request.get("product").getAsString().equalsIgnoreCase(Sdk.PRODUCT);
    }

    private static String named(JsonObject request) {
        String version = request.has("version") ? " " + request.get("version").getAsString() : "";
        return request.get("product").getAsString() + version;
    }

    private static JsonObject model(String action) {
        JsonObject answer = new JsonObject();
        answer.add("fields", Sdk.findOperation(action).map(Sdk::requestFields).orElse(null));
        return answer;
    }
}

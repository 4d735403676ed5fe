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

/**
 * The line protocol of an SDK driver: docs/sdk-driver-protocol.md. The drivers of Java share it; each has a class
 * {@code Sdk}.
 */
public final class Driver {
    private static final Gson JSON = new GsonBuilder().serializeNulls().disableHtmlEscaping().create();

    private final Packages packages;

    private Driver(Packages packages) {
        this.packages = packages;
    }

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
            Driver driver = new Driver(Packages.read(Sdk.OWN_PRODUCT, Sdk.OWN_PACKAGE));
            driver.serve(new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)), out);
        } catch (InputException exception) {
            System.err.println(exception.getMessage());
            status = 2;
        }
        System.exit(status); // the HTTP client's threads would hold the process
    }

    private void serve(BufferedReader lines, PrintStream out) throws IOException, InputException {
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

    private JsonObject answer(String command, JsonObject request) throws InputException {
        return switch (command) {
            case "start" -> about();
            case "call" -> call(request);
            case "model" -> model(request);
            case "stop" -> new JsonObject();
            default -> throw new InputException("a line has an unknown command");
        };
    }

    private JsonObject about() {
        JsonObject answer = new JsonObject();
        answer.addProperty("driver", Sdk.DRIVER);
        answer.add("sdk", packages.sdk().described());
        answer.add("core", Sdk.core(packages.sdk()).described());
        answer.addProperty("language", "Java");
        answer.addProperty("runtime", System.getProperty("java.vm.name") + " " + System.getProperty("java.version"));
        return answer;
    }

    private JsonObject call(JsonObject request) throws InputException {
        Request asked = read(() -> Request.parse(request));
        try {
            return Sdk.call(find(request), asked);
        } catch (UnsupportedParameterException exception) {
            return Answers.refused(exception);
        } catch (Throwable thrown) { // an SDK on a core that does not fit throws errors, such as NoSuchMethodError
            return Answers.withBases(Sdk.failure(thrown), thrown);
        }
    }

    private JsonObject model(JsonObject request) throws InputException {
        String action = read(() -> request.get("action").getAsString());
        JsonObject answer = new JsonObject();
        try {
            answer.add("fields", Sdk.fields(find(request), action));
        } catch (UnsupportedParameterException exception) {
            answer.add("fields", JsonNull.INSTANCE); // no package of the product, or no such operation
        }
        return answer;
    }

    private Packages.Api find(JsonObject request) throws InputException, UnsupportedParameterException {
        return packages.find(read(() -> Request.text(request, "product")), read(() -> Request.text(request, "version")));
    }

    /** Gson throws many exceptions for a field that is missing or has the wrong type; all are unchecked. */
    private static <T> T read(Supplier<T> field) throws InputException {
        try {
            return field.get();
        } catch (RuntimeException exception) {
            throw new InputException("a field of a request is missing, or has the wrong type");
        }
    }
}

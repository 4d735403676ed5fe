package driver;

import com.aliyun.tea.TeaModel;
import com.aliyun.teaopenapi.models.Config;
import com.aliyun.teautil.models.RuntimeOptions;
import com.aliyun.vpc20160428.Client;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URI;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The SDK: what is installed, its operations, and how a caller uses them. */
final class Sdk {
    /** What the SDK is for; install.sh writes another product here, and its package wherever this one is named. */
    static final String PRODUCT = "vpc";

    /** The version that this SDK sends, whatever it is asked for. */
    static final String API_VERSION = "2016-04-28";

    private Sdk() {}

    /** Tells what is installed. */
    static JsonObject describe() {
        JsonObject answer = new JsonObject();
        answer.addProperty("driver", "java");
        answer.add("sdk", library("vpc20160428", Client.class));
        answer.add("core", library("tea-openapi", Config.class));
        answer.addProperty("language", "Java");
        answer.addProperty("runtime", System.getProperty("java.vm.name") + " " + System.getProperty("java.version"));
        return answer;
    }

    /** Reads the version off the jar that a class comes from: Maven names it ARTIFACT-VERSION.jar. */
    private static JsonObject library(String artifact, Class<?> from) {
        URI source = URI.create(from.getProtectionDomain().getCodeSource().getLocation().toString());
        String jar = Path.of(source).getFileName().toString();
        JsonObject described = new JsonObject();
        described.addProperty("name", "com.aliyun:" + artifact);
        described.addProperty("version", jar.substring(artifact.length() + 1, jar.length() - ".jar".length()));
        return described;
    }

    /** Finds the method of an operation, such as {@code createFlowLogWithOptions}. */
    static Optional<Method> findOperation(String action) {
        if (action.isEmpty() || !Character.isUpperCase(action.charAt(0))) {
            return Optional.empty();
        }
        String name = Character.toLowerCase(action.charAt(0)) + action.substring(1) + "WithOptions";
        return Arrays.stream(Client.class.getMethods()).filter(method -> method.getName().equals(name)).findFirst();
    }

    /** The request's class; none when the operation takes no parameters. */
    private static Optional<Class<? extends TeaModel>> requestClass(Method operation) {
        return operation.getParameterCount() < 2
                ? Optional.empty()
                : Optional.of(operation.getParameterTypes()[0].asSubclass(TeaModel.class));
    }

    /** Lists the fields of an operation's request. */
    static JsonArray requestFields(Method operation) {
        return requestClass(operation).map(Models::fields).orElseGet(JsonArray::new);
    }

    /**
     * Builds an operation's arguments as a caller would.
     *
     * @throws UnsupportedParameterException when the request cannot carry a parameter
     */
    static Object[] arguments(Method operation, JsonObject params, int timeoutMs) throws UnsupportedParameterException {
        RuntimeOptions options = new RuntimeOptions(); // old releases of it have no setters
        options.connectTimeout = timeoutMs;
        options.readTimeout = timeoutMs;
        options.autoretry = false;
        Optional<Class<? extends TeaModel>> request = requestClass(operation);
        if (request.isPresent()) {
            return new Object[] {Models.build(request.get(), params, ""), options};
        }
        for (String name : params.keySet()) {
            throw new UnsupportedParameterException(name, "unknown");
        }
        return new Object[] {options};
    }

    /**
     * Sends one request.
     *
     * @throws Throwable whatever the SDK throws
     */
    static Object send(Method operation, Object[] arguments, URI endpoint, Request.Credentials credentials)
            throws Throwable {
        Client client = new Client(new Config()
                .setEndpoint(endpoint.getAuthority())
                .setProtocol(endpoint.getScheme().toUpperCase(Locale.ROOT))
                .setAccessKeyId(credentials.accessKeyId())
                .setAccessKeySecret(credentials.accessKeySecret())
                .setSecurityToken(credentials.securityToken()));
        try {
            return operation.invoke(client, arguments);
        } catch (InvocationTargetException exception) {
            throw exception.getCause();
        }
    }
}

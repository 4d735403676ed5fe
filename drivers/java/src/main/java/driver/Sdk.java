package driver;

import com.aliyun.tea.TeaException;
import com.aliyun.tea.TeaModel;
import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * The SDK: its operations, and how a caller uses them. The clients, and the classes of their settings, are found in what is
 * installed: each product has its own, and old releases have other settings.
 */
final class Sdk {
    static final String DRIVER = "java";
    static final String OWN_PRODUCT = "vpc/2016-04-28";
    static final String OWN_PACKAGE = "com.aliyun:vpc20160428";

    private static final Pattern CLIENT = Pattern.compile("(com/aliyun/[^/]+/Client)[.]class");

    private static final Map<Packages.Library, Class<?>> CLIENTS = new ConcurrentHashMap<>();

    /** Leaves out what is null: a field that the SDK did not return. */
    private static final Gson BODY = new Gson();

    private Sdk() {}

    /** The library that signs and sends: the SDK's client extends its client. */
    static Packages.Library core(Packages.Library sdk) {
        Class<?> base = clientOf(sdk).getSuperclass();
        String jar = Path.of(base.getProtectionDomain().getCodeSource().getLocation().getPath())
                .getFileName()
                .toString();
        return Packages.Library.named("com.aliyun:" + jar.replaceAll("-[0-9].*", ""));
    }

    private static Class<?> clientOf(Packages.Library library) {
        return CLIENTS.computeIfAbsent(library, Sdk::findClient);
    }

    private static Class<?> findClient(Packages.Library library) {
        String name = library.entry(CLIENT)
                .orElseThrow(() -> new IllegalStateException("no client is in " + library.jar()))
                .group(1);
        try {
            return Class.forName(name.replace('/', '.'));
        } catch (ReflectiveOperationException exception) {
            throw new IllegalStateException("no client is in " + library.jar(), exception);
        }
    }

    /**
     * Lists the fields of an operation's request.
     *
     * @throws UnsupportedParameterException when there is no such operation
     */
    static JsonArray fields(Packages.Api api, String action) throws UnsupportedParameterException {
        return requestClass(operation(clientOf(api.library()), action)).map(Models::fields).orElseGet(JsonArray::new);
    }

    /** Finds the method of an operation, such as {@code createFlowLogWithOptions}. */
    private static Method operation(Class<?> client, String action) throws UnsupportedParameterException {
        String name = action.isEmpty() || !Character.isUpperCase(action.charAt(0))
                ? ""
                : Character.toLowerCase(action.charAt(0)) + action.substring(1) + "WithOptions";
        return Arrays.stream(client.getMethods())
                .filter(method -> method.getName().equals(name))
                .findFirst()
                .orElseThrow(() -> new UnsupportedParameterException("Action", "action"));
    }

    /** The request's class; none when the operation takes no parameters. */
    private static Optional<Class<? extends TeaModel>> requestClass(Method operation) {
        return operation.getParameterCount() < 2
                ? Optional.empty()
                : Optional.of(operation.getParameterTypes()[0].asSubclass(TeaModel.class));
    }

    /**
     * Sends one request as a caller would, and tells what came of it.
     *
     * @throws UnsupportedParameterException when the SDK cannot carry it
     * @throws Throwable whatever the SDK throws
     */
    static JsonObject call(Packages.Api api, Request asked) throws Throwable {
        Class<?> client = clientOf(api.library());
        Method operation = operation(client, asked.action());
        Object[] arguments = arguments(operation, asked);
        try {
            return success(operation.invoke(client(client, asked), arguments));
        } catch (InvocationTargetException exception) {
            throw exception.getCause();
        }
    }

    private static Object[] arguments(Method operation, Request asked)
            throws UnsupportedParameterException, ReflectiveOperationException {
        Class<?>[] types = operation.getParameterTypes();
        Object options = made(types[types.length - 1], Map.of(
                "connectTimeout", asked.timeoutMs(), "readTimeout", asked.timeoutMs(), "autoretry", false));
        Optional<Class<? extends TeaModel>> request = requestClass(operation);
        if (request.isPresent()) {
            return new Object[] {Models.build(request.get(), asked.params(), ""), options};
        }
        for (String name : asked.params().keySet()) {
            throw new UnsupportedParameterException(name, "unknown");
        }
        return new Object[] {options};
    }

    private static Object client(Class<?> type, Request asked) throws ReflectiveOperationException {
        Constructor<?> constructor = List.of(type.getConstructors()).get(0);
        Request.Credentials credentials = asked.credentials();
        Object config = made(constructor.getParameterTypes()[0], Map.of(
                "endpoint", asked.endpoint().getAuthority(),
                "protocol", asked.endpoint().getScheme().toUpperCase(Locale.ROOT)));
        set(config, "accessKeyId", credentials.accessKeyId());
        set(config, "accessKeySecret", credentials.accessKeySecret());
        set(config, "securityToken", credentials.securityToken());
        return constructor.newInstance(config);
    }

    private static Object made(Class<?> settings, Map<String, Object> values) throws ReflectiveOperationException {
        Object made = settings.getConstructor().newInstance();
        for (Map.Entry<String, Object> value : values.entrySet()) {
            set(made, value.getKey(), value.getValue());
        }
        return made;
    }

    private static void set(Object settings, String name, Object value) throws ReflectiveOperationException {
        settings.getClass().getField(name).set(settings, value); // old releases have no setters
    }

    private static JsonObject success(Object response) throws ReflectiveOperationException {
        Integer status = (Integer) read(response, "statusCode");
        TeaModel body = (TeaModel) read(response, "body");
        Map<String, Object> fields = body == null ? null : body.toMap();
        JsonObject answer = Answers.answer("success", status, null, null, requestId(fields), null);
        answer.add("body", fields == null ? null : BODY.toJsonTree(fields));
        return answer;
    }

    /** Reads a field; null where a release has none: those before 2022 have no status in a response. */
    private static Object read(Object response, String name) throws ReflectiveOperationException {
        for (Field field : response.getClass().getFields()) {
            if (field.getName().equals(name)) {
                return field.get(response);
            }
        }
        return null;
    }

    /** Tells what a caller learns from what the SDK threw. */
    static JsonObject failure(Throwable thrown) {
        if (!(thrown instanceof TeaException error)) {
            return Answers.failed(thrown);
        }
        // An error that was read from an answer has the decoded answer, or the status, or both.
        boolean answered = error.getData() != null || error.getStatusCode() != null;
        String outcome = answered ? "service_error" : Answers.isTimeout(thrown) ? "timeout" : "client_error";
        String name = thrown.getClass().getName();
        return Answers.answer(
                outcome, error.getStatusCode(), error.getCode(), error.getMessage(), requestId(error.getData()), name);
    }

    private static String requestId(Map<String, Object> data) {
        Object found = data == null ? null : data.getOrDefault("RequestId", data.get("requestId"));
        return found == null ? null : found.toString();
    }
}

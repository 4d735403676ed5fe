package driver;

import com.aliyuncs.AcsRequest;
import com.aliyuncs.AcsResponse;
import com.aliyuncs.DefaultAcsClient;
import com.aliyuncs.auth.AlibabaCloudCredentials;
import com.aliyuncs.auth.BasicCredentials;
import com.aliyuncs.auth.BasicSessionCredentials;
import com.aliyuncs.exceptions.ClientException;
import com.aliyuncs.exceptions.ServerException;
import com.aliyuncs.http.HttpResponse;
import com.aliyuncs.http.ProtocolType;
import com.aliyuncs.profile.DefaultProfile;
import com.aliyuncs.profile.IClientProfile;
import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/** The first SDK of Java: a class for each request, one client for all products, and how a caller uses them. */
final class Sdk {
    static final String DRIVER = "java-v1";
    static final String OWN_PRODUCT = "vpc/2016-04-28";
    static final String OWN_PACKAGE = "com.aliyun:aliyun-java-sdk-vpc";

    private static final String CORE = "com.aliyun:aliyun-java-sdk-core";

    /** What the codes of errors begin with that the SDK found itself. */
    private static final String OWN_CODE = "SDK.";

    private static final Map<Packages.Api, String> FOLDERS = new ConcurrentHashMap<>();

    private Sdk() {}

    /** The library that signs and sends. */
    static Packages.Library core(Packages.Library sdk) {
        return Packages.Library.named(CORE);
    }

    /** A client that keeps the last answer: the names of its fields. */
    private static final class Client extends DefaultAcsClient {
        private HttpResponse last;

        Client(IClientProfile profile, AlibabaCloudCredentials credentials) {
            super(profile, credentials);
        }

        @Override
        public <T extends AcsResponse> HttpResponse doAction(AcsRequest<T> request) throws ClientException {
            last = super.doAction(request);
            return last;
        }

        private JsonElement answer() {
            try {
                String text = new String(last.getHttpContent(), StandardCharsets.UTF_8);
                return new Gson().fromJson(text, JsonElement.class);
            } catch (JsonParseException exception) {
                return JsonNull.INSTANCE; // the SDK takes half a body, too
            }
        }
    }

    /**
     * Lists the fields of an operation's request.
     *
     * @throws UnsupportedParameterException when there is no such operation
     */
    static JsonArray fields(Packages.Api api, String action) throws UnsupportedParameterException {
        try {
            return Model.of(requestClass(api, action)).fields();
        } catch (ReflectiveOperationException exception) {
            throw new IllegalStateException("the request of " + action + " cannot be made", exception);
        }
    }

    /** Finds the class of a request. */
    @SuppressWarnings("unchecked")
    private static Class<? extends AcsRequest<?>> requestClass(Packages.Api api, String action)
            throws UnsupportedParameterException {
        String folder = FOLDERS.computeIfAbsent(api, Sdk::folderOf);
        try {
            Class<?> found = Class.forName((folder + action + "Request").replace('/', '.'));
            return (Class<? extends AcsRequest<?>>) found.asSubclass(AcsRequest.class);
        } catch (ClassNotFoundException | NoClassDefFoundError exception) { // the latter where only letters differ in case
            throw new UnsupportedParameterException("Action", "action");
        }
    }

    /** Reads the package of Java off the jar, whatever the product is called there. */
    private static String folderOf(Packages.Api api) {
        String version = "v" + api.version().replace("-", "");
        return api.library()
                .entry(Pattern.compile("(com/aliyuncs/[^/]+/model/" + version + "/)[^/]+Request[.]class"))
                .map(found -> found.group(1))
                .orElse("");
    }

    /**
     * Sends one request as a caller would, and tells what came of it.
     *
     * @throws UnsupportedParameterException when the SDK cannot carry it
     * @throws Throwable whatever the SDK throws
     */
    static JsonObject call(Packages.Api api, Request asked) throws Throwable {
        Class<? extends AcsRequest<?>> type = requestClass(api, asked.action());
        Values values = Model.of(type).values(asked.params());
        try {
            AcsRequest<?> request = type.getConstructor().newInstance();
            values.apply(request);
            set(request, "Endpoint", asked.endpoint().getAuthority());
            set(request, "Protocol", ProtocolType.valueOf(asked.endpoint().getScheme().toUpperCase(Locale.ROOT)));
            set(request, "ConnectTimeout", asked.timeoutMs());
            set(request, "ReadTimeout", asked.timeoutMs());
            Client client = client(asked.credentials());
            return success(client.getAcsResponse(request), client);
        } catch (InvocationTargetException exception) {
            throw exception.getCause();
        }
    }

    @SuppressWarnings("deprecation") // newer releases do not retry; older ones do, unless they are told not to
    private static Client client(Request.Credentials asked) {
        String key = asked.accessKeyId();
        String secret = asked.accessKeySecret();
        AlibabaCloudCredentials credentials = asked.securityToken() == null
                ? new BasicCredentials(key, secret)
                : new BasicSessionCredentials(key, secret, asked.securityToken());
        // The region is given in the request.
        Client client = new Client(DefaultProfile.getProfile("", key, secret), credentials);
        client.setAutoRetry(false);
        return client;
    }

    private static void set(AcsRequest<?> request, String name, Object value) throws ReflectiveOperationException {
        setter(request.getClass(), name).invoke(request, value);
    }

    /** Finds a setter of the base of all requests; since core 4.3 its name has "Sys" in it, and requests may hide the old one. */
    static Method setter(Class<?> type, String name) throws NoSuchMethodException {
        for (String named : List.of("setSys" + name, "set" + name)) {
            for (Method method : type.getMethods()) {
                if (method.getName().equals(named) && method.getParameterCount() == 1) {
                    return method;
                }
            }
        }
        throw new NoSuchMethodException("set" + name);
    }

    private static JsonObject success(AcsResponse response, Client client) throws ReflectiveOperationException {
        JsonElement body = Bodies.body(response, client.answer());
        JsonElement requestId = body.isJsonObject() ? body.getAsJsonObject().get("RequestId") : null;
        String told = requestId != null && requestId.isJsonPrimitive() ? requestId.getAsString() : null;
        JsonObject answer = Answers.answer("success", null, null, null, told, null);
        answer.add("body", body.isJsonObject() ? body : new JsonObject());
        return answer;
    }

    /**
     * Tells what a caller learns from what the SDK threw. An error of the service with a status below 500 has the class that
     * failures of the SDK have, too: it has no cause, and a request id or a code that is none of the SDK's.
     */
    static JsonObject failure(Throwable thrown) {
        if (!(thrown instanceof ClientException error)) {
            return Answers.failed(thrown);
        }
        String code = error.getErrCode();
        boolean told = code != null && !code.startsWith(OWN_CODE) && error.getCause() == null;
        String outcome = thrown instanceof ServerException || told || error.getRequestId() != null
                ? "service_error"
                : Answers.isTimeout(thrown) ? "timeout" : "client_error";
        String message = error.getErrMsg() == null ? error.getMessage() : error.getErrMsg();
        return Answers.answer(outcome, null, code, message, error.getRequestId(), thrown.getClass().getName());
    }
}

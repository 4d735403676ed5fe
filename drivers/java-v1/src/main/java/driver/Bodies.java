package driver;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.lang.reflect.Field;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a caller reads in a response. The values are those of the response's own fields; their names, which it writes in another
 * way ({@code dBInstanceId}) or leaves out (that of the one list in {@code FlowLogs}), are those of the answer.
 */
final class Bodies {
    private Bodies() {}

    /**
     * Returns the fields of a response under the names of the answer that it was made of.
     *
     * @throws ReflectiveOperationException when a field cannot be read
     */
    static JsonElement body(Object response, JsonElement answer) throws ReflectiveOperationException {
        if (response == null) {
            return JsonNull.INSTANCE;
        }
        if (response instanceof String text) {
            return new JsonPrimitive(text);
        } else if (response instanceof Number number) {
            return new JsonPrimitive(number);
        } else if (response instanceof Boolean truth) {
            return new JsonPrimitive(truth);
        } else if (response instanceof List<?> list) {
            return list(list, answer);
        } else if (response instanceof Map<?, ?> map) {
            JsonObject members = new JsonObject();
            for (Map.Entry<?, ?> member : map.entrySet()) {
                members.add(String.valueOf(member.getKey()), body(member.getValue(), null));
            }
            return members;
        }
        return answer != null && answer.isJsonObject() ? structure(response, answer.getAsJsonObject()) : JsonNull.INSTANCE;
    }

    private static JsonElement list(List<?> list, JsonElement answer) throws ReflectiveOperationException {
        if (answer != null && answer.isJsonObject() && answer.getAsJsonObject().size() == 1) {
            Map.Entry<String, JsonElement> only = answer.getAsJsonObject().entrySet().iterator().next();
            JsonObject around = new JsonObject();
            around.add(only.getKey(), list(list, only.getValue()));
            return around;
        }
        JsonArray items = new JsonArray();
        for (int place = 0; place < list.size(); place++) {
            boolean told = answer != null && answer.isJsonArray() && place < answer.getAsJsonArray().size();
            items.add(body(list.get(place), told ? answer.getAsJsonArray().get(place) : null));
        }
        return items;
    }

    private static JsonObject structure(Object structure, JsonObject answer) throws ReflectiveOperationException {
        JsonObject members = new JsonObject();
        for (Map.Entry<String, JsonElement> member : answer.entrySet()) {
            for (Field field : structure.getClass().getDeclaredFields()) {
                if (plain(field.getName()).equals(plain(member.getKey()))) {
                    field.setAccessible(true);
                    JsonElement value = body(field.get(structure), member.getValue());
                    if (!value.isJsonNull()) {
                        members.add(member.getKey(), value);
                    }
                }
            }
        }
        return members;
    }

    private static String plain(String name) {
        return name.replaceAll("[^A-Za-z0-9]", "").toLowerCase(Locale.ROOT);
    }
}

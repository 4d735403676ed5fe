package driver;

import com.aliyun.tea.NameInMap;
import com.aliyun.tea.TeaModel;
import com.aliyun.tea.Validation;
import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.lang.reflect.Field;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The SDK's models: public fields, each with its wire name. */
final class Models {
    private Models() {}

    /**
     * Fills a model as a caller would.
     *
     * @throws UnsupportedParameterException when the model has no such field, or its type cannot hold the value
     */
    static TeaModel build(Class<? extends TeaModel> type, JsonObject params, String prefix)
            throws UnsupportedParameterException {
        try {
            TeaModel model = type.getConstructor().newInstance();
            for (Map.Entry<String, JsonElement> param : params.entrySet()) {
                String path = prefix + param.getKey();
                Field field = find(type, param.getKey())
                        .orElseThrow(() -> new UnsupportedParameterException(path, "unknown"));
                field.set(model, convert(field.getGenericType(), param.getValue(), path));
            }
            return model;
        } catch (ReflectiveOperationException exception) {
            throw new IllegalStateException("not a model of the SDK: " + type.getName(), exception);
        }
    }

    private static Optional<Field> find(Class<? extends TeaModel> type, String wireName) {
        return wireFields(type).stream().filter(field -> wireName(field).equals(wireName)).findFirst();
    }

    private static List<Field> wireFields(Class<? extends TeaModel> type) {
        return Arrays.stream(type.getFields()).filter(field -> field.isAnnotationPresent(NameInMap.class)).toList();
    }

    private static String wireName(Field field) {
        return field.getAnnotation(NameInMap.class).value();
    }

    private static Object convert(Type type, JsonElement value, String path) throws UnsupportedParameterException {
        if (value.isJsonNull()) {
            return null;
        }
        if (isList(type)) {
            return convertList(itemType(type), value, path);
        }
        if (isModel(type) && value.isJsonObject()) {
            return build(modelClass(type), value.getAsJsonObject(), path + ".");
        }
        if (isMap(type) && value.isJsonObject()) {
            return new Gson().fromJson(value, type);
        }
        if (type instanceof Class<?> scalar && value.isJsonPrimitive()) {
            return Scalars.convert(scalar, value.getAsJsonPrimitive(), path);
        }
        throw new UnsupportedParameterException(path, "type");
    }

    private static List<Object> convertList(Type item, JsonElement value, String path)
            throws UnsupportedParameterException {
        if (!value.isJsonArray()) {
            throw new UnsupportedParameterException(path + "[]", "type");
        }
        List<Object> items = new ArrayList<>();
        for (JsonElement given : value.getAsJsonArray()) {
            items.add(convert(item, given, path + "[]"));
        }
        return items;
    }

    /** Lists the fields of a model, in the order of its declaration. */
    static JsonArray fields(Class<? extends TeaModel> type) {
        JsonArray listed = new JsonArray();
        addModel(listed, type, "");
        return listed;
    }

    private static void addModel(JsonArray listed, Class<? extends TeaModel> type, String prefix) {
        for (Field field : wireFields(type)) {
            Validation validation = field.getAnnotation(Validation.class);
            Boolean required = validation != null && validation.required() ? true : null;
            addType(listed, field.getGenericType(), prefix + wireName(field), required);
        }
    }

    private static void addType(JsonArray listed, Type type, String path, Boolean required) {
        if (isList(type)) {
            addType(listed, itemType(type), path + "[]", required);
        } else if (isModel(type)) {
            addModel(listed, modelClass(type), path + ".");
        } else {
            JsonObject field = new JsonObject();
            field.addProperty("path", path);
            field.addProperty("type", jsonType(type));
            field.addProperty("required", required);
            listed.add(field);
        }
    }

    private static String jsonType(Type type) {
        return type instanceof Class<?> scalar ? Scalars.jsonType(scalar) : isMap(type) ? "object" : null;
    }

    private static boolean isList(Type type) {
        return type instanceof ParameterizedType list && list.getRawType() == List.class;
    }

    private static Type itemType(Type list) {
        return ((ParameterizedType) list).getActualTypeArguments()[0];
    }

    private static boolean isMap(Type type) {
        return type instanceof ParameterizedType map && map.getRawType() == Map.class;
    }

    private static boolean isModel(Type type) {
        return type instanceof Class<?> model && TeaModel.class.isAssignableFrom(model);
    }

    private static Class<? extends TeaModel> modelClass(Type model) {
        return ((Class<?>) model).asSubclass(TeaModel.class);
    }
}

package driver;

import com.google.gson.JsonPrimitive;
import java.math.BigDecimal;
import java.util.regex.Pattern;

/** Texts, numbers and booleans, as a caller of the SDK writes them. */
final class Scalars {
    /** A number as people write it: "007" is none that a caller can hand over, it would arrive as 7. */
    private static final Pattern NUMBER = Pattern.compile("-?(0|[1-9][0-9]*)([.][0-9]+)?");

    private Scalars() {}

    /**
     * Converts a value to a type of the SDK: a number for text, digits for a number.
     *
     * @throws UnsupportedParameterException when the type cannot hold the value
     */
    static Object convert(Class<?> type, JsonPrimitive value, String path) throws UnsupportedParameterException {
        String text = value.getAsString();
        try {
            Object converted = parse(type, text);
            if (converted != null && isSame(converted, text)) {
                return converted;
            }
        } catch (NumberFormatException exception) {
            // Not a number of this type, or out of its range: refused like any other.
        }
        throw new UnsupportedParameterException(path, "type");
    }

    private static boolean isSame(Object converted, String text) {
        if (converted instanceof Double || converted instanceof Float) {
            return NUMBER.matcher(text).matches()
                    && new BigDecimal(converted.toString()).compareTo(new BigDecimal(text)) == 0;
        }
        return converted.toString().equals(text);
    }

    private static Object parse(Class<?> type, String text) {
        if (type == String.class) {
            return text;
        } else if (type == Integer.class) {
            return Integer.valueOf(text);
        } else if (type == Long.class) {
            return Long.valueOf(text);
        } else if (type == Double.class) {
            return Double.valueOf(text);
        } else if (type == Float.class) {
            return Float.valueOf(text);
        } else if (type == Boolean.class) {
            return Boolean.valueOf(text);
        }
        return null;
    }

    /** The name of a type in a model; null where it has none. */
    static String jsonType(Class<?> type) {
        if (type == String.class) {
            return "string";
        } else if (type == Integer.class || type == Long.class) {
            return "integer";
        } else if (type == Double.class || type == Float.class) {
            return "number";
        }
        return type == Boolean.class ? "boolean" : null;
    }
}

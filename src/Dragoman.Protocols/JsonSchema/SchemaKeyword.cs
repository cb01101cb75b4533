namespace Dragoman.Protocols.JsonSchema;

/// <summary>The keywords of JSON Schema that the cleaner treats in a way of their own.</summary>
internal enum SchemaKeyword : byte
{
    Other,
    Type,
    Description,
    Title,
    Format,
    Nullable,
    Enum,
    Const,
    Items,
    PrefixItems,
    Properties,
    Required,
    AdditionalProperties,
    AnyOf,
    OneOf,
    AllOf,
    Not,
    Ref,
    Definitions,
    Conditional,
    PropertyOrdering,

    /// <summary>A number Gemini knows: minItems, maxItems, minimum, maximum.</summary>
    Bound,

    /// <summary>A constraint that Gemini does not know and that can be said in words.</summary>
    Sayable,

    /// <summary>A map of schemas or a schema under a keyword that no dialect here treats specially.</summary>
    OtherSchema,

    /// <summary>An annotation without meaning for a model: $schema, $id, $comment and the like.</summary>
    Annotation,
}

/// <summary>Tells keywords from their bytes.</summary>
internal static class SchemaKeywords
{
    public static SchemaKeyword Parse(ReadOnlySpan<byte> name) => name switch
    {
        _ when name.SequenceEqual("type"u8) => SchemaKeyword.Type,
        _ when name.SequenceEqual("description"u8) => SchemaKeyword.Description,
        _ when name.SequenceEqual("properties"u8) => SchemaKeyword.Properties,
        _ when name.SequenceEqual("required"u8) => SchemaKeyword.Required,
        _ when name.SequenceEqual("items"u8) => SchemaKeyword.Items,
        _ when name.SequenceEqual("enum"u8) => SchemaKeyword.Enum,
        _ when name.SequenceEqual("additionalProperties"u8) => SchemaKeyword.AdditionalProperties,
        _ when name.SequenceEqual("title"u8) => SchemaKeyword.Title,
        _ when name.SequenceEqual("format"u8) => SchemaKeyword.Format,
        _ when name.SequenceEqual("nullable"u8) => SchemaKeyword.Nullable,
        _ when name.SequenceEqual("const"u8) => SchemaKeyword.Const,
        _ when name.SequenceEqual("prefixItems"u8) => SchemaKeyword.PrefixItems,
        _ when name.SequenceEqual("anyOf"u8) => SchemaKeyword.AnyOf,
        _ when name.SequenceEqual("oneOf"u8) => SchemaKeyword.OneOf,
        _ when name.SequenceEqual("allOf"u8) => SchemaKeyword.AllOf,
        _ when name.SequenceEqual("not"u8) => SchemaKeyword.Not,
        _ when name.SequenceEqual("$ref"u8) || name.SequenceEqual("$dynamicRef"u8) => SchemaKeyword.Ref,
        _ when name.SequenceEqual("$defs"u8) || name.SequenceEqual("definitions"u8) => SchemaKeyword.Definitions,
        _ when name.SequenceEqual("if"u8) || name.SequenceEqual("then"u8) || name.SequenceEqual("else"u8) => SchemaKeyword.Conditional,
        _ when name.SequenceEqual("propertyOrdering"u8) => SchemaKeyword.PropertyOrdering,
        _ when name.SequenceEqual("minItems"u8) || name.SequenceEqual("maxItems"u8)
            || name.SequenceEqual("minimum"u8) || name.SequenceEqual("maximum"u8) => SchemaKeyword.Bound,
        _ when name.SequenceEqual("minLength"u8) || name.SequenceEqual("maxLength"u8) || name.SequenceEqual("pattern"u8)
            || name.SequenceEqual("exclusiveMinimum"u8) || name.SequenceEqual("exclusiveMaximum"u8) || name.SequenceEqual("multipleOf"u8)
            || name.SequenceEqual("uniqueItems"u8) || name.SequenceEqual("minProperties"u8) || name.SequenceEqual("maxProperties"u8)
            || name.SequenceEqual("default"u8) || name.SequenceEqual("examples"u8) || name.SequenceEqual("example"u8)
            || name.SequenceEqual("contentEncoding"u8) || name.SequenceEqual("contentMediaType"u8) => SchemaKeyword.Sayable,
        _ when name.SequenceEqual("contains"u8) || name.SequenceEqual("propertyNames"u8) || name.SequenceEqual("patternProperties"u8)
            || name.SequenceEqual("dependentSchemas"u8) || name.SequenceEqual("unevaluatedProperties"u8)
            || name.SequenceEqual("unevaluatedItems"u8) || name.SequenceEqual("additionalItems"u8) => SchemaKeyword.OtherSchema,
        _ when name.SequenceEqual("$schema"u8) || name.SequenceEqual("$id"u8) || name.SequenceEqual("$comment"u8) || name.SequenceEqual("$anchor"u8)
            || name.SequenceEqual("$dynamicAnchor"u8) || name.SequenceEqual("$vocabulary"u8) || name.StartsWith("x-"u8) => SchemaKeyword.Annotation,
        _ => SchemaKeyword.Other,
    };

    /// <summary>Whether Gemini takes the format at all.</summary>
    public static bool IsGeminiFormat(ReadOnlySpan<byte> format)
        => format.SequenceEqual("date-time"u8) || format.SequenceEqual("date"u8) || format.SequenceEqual("time"u8) || format.SequenceEqual("enum"u8)
            || format.SequenceEqual("int32"u8) || format.SequenceEqual("int64"u8) || format.SequenceEqual("float"u8) || format.SequenceEqual("double"u8);
}

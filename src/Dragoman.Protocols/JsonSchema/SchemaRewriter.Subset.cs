using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.JsonSchema;

// What becomes of a keyword: carried, said in words, or gone.
internal sealed partial class SchemaRewriter
{
    private const int LongestHint = 240;

    /// <summary>Decides the type and the hints of a node in a subset dialect, before anything of it is written.</summary>
    private void Prepare(SchemaNode node)
    {
        foreach (var keyword in node.Keywords)
        {
            switch (keyword.Word)
            {
                case SchemaKeyword.Const:
                    PrepareConst(node, keyword.Value);
                    break;
                case SchemaKeyword.Enum:
                    PrepareEnum(node, keyword.Value);
                    break;
                case SchemaKeyword.Sayable:
                    Say(node, keyword);
                    break;
                case SchemaKeyword.Format when !(keyword.Value.IsString && SchemaKeywords.IsGeminiFormat(Text(keyword.Value).ToUtf8().Span)):
                    Say(node, keyword);
                    break;
                case SchemaKeyword.Nullable when keyword.Value.Bytes.Span.SequenceEqual("true"u8):
                    node.Nullable = true;
                    break;
            }
        }

        if (node.Type == "null")
        {
            // A field that is always null: nearest is a text that may be.
            node.Type = "string";
            node.Nullable = node.TypeRewritten = Changed = true;
            node.Hint("nullable");
        }

        if (node.Types is { } types && (node.Properties.Count > 0 || types.Exists(type => type is "object" or "array") || node.Has(SchemaKeyword.AnyOf)))
        {
            node.Hint("Accepts: " + string.Join(" | ", types));
            _reported.Add("several types");
            node.Types = null;
        }

        if (node.Type is not null || node.Has(SchemaKeyword.AnyOf)) return;
        node.Type = node.Properties.Count > 0 ? "object" : node.Has(SchemaKeyword.Items) ? "array" : node.Has(SchemaKeyword.Enum) || IsWord(node.Find(SchemaKeyword.Const)) ? "string" : null;
        if (node.Type is null) return;
        node.TypeRewritten = true;
        Changed = true;
    }

    private void PrepareConst(SchemaNode node, JsonSlice value)
    {
        Changed = true;
        if (value.IsString && value.Bytes.Length > 2) return;
        if (value.IsNull)
        {
            node.Type ??= "null";
            return;
        }

        Allow(node, [value]);
    }

    private void PrepareEnum(SchemaNode node, JsonSlice value)
    {
        if (!value.IsArray)
        {
            Changed = true;
            return;
        }

        var all = Elements(value);
        if (all.RemoveAll(e => e.IsNull) > 0)
        {
            Changed = true;
            node.Nullable = true;
            node.Hint("nullable");
        }

        if (all.TrueForAll(IsWord)) return;
        Changed = true;
        Allow(node, all);
    }

    /// <summary>
    /// Gemini's enums are lists of words. Numbers stay numbers and are listed in the description: turned into words they would come
    /// back as words, and the tool would refuse them.
    /// </summary>
    private void Allow(SchemaNode node, List<JsonSlice> values)
    {
        _reported.Add("enums of other than words");
        if (node.Type is null && values.Count > 0)
        {
            node.Type = values[0].Bytes.Span[0] switch
            {
                (byte)'t' or (byte)'f' => "boolean",
                (byte)'{' => "object",
                (byte)'[' => "array",
                (byte)'"' => "string",
                _ => values.TrueForAll(v => v.Bytes.Span.IndexOfAny((byte)'.', (byte)'e', (byte)'E') < 0) ? "integer" : "number",
            };
            node.TypeRewritten = true;
        }

        var list = string.Join(", ", values.ConvertAll(v => v.IsString && v.Bytes.Length > 2 ? Text(v).ToString() : v.ToString()));
        if (list.Length <= LongestHint) node.Hint("Allowed: " + list);
    }

    private static bool IsWord(JsonSlice value) => value.IsString && value.Bytes.Length > 2;

    private void Say(SchemaNode node, SchemaMember keyword)
    {
        Changed = true;
        var value = keyword.Value.IsString ? Text(keyword.Value).ToString() : keyword.Value.ToString();
        if (value.Length <= LongestHint)
        {
            node.Hint($"{keyword.Name}: {value}");
            _reported.Add(keyword.Name.ToString());
        }
        else
        {
            _gone.Add(keyword.Name.ToString());
        }
    }

    private void WriteKeyword(SchemaNode node, SchemaMember keyword)
    {
        var value = keyword.Value;
        switch (keyword.Word)
        {
            case SchemaKeyword.Annotation:
                Changed = true;
                _gone.Add(keyword.Name.ToString());
                break;
            case SchemaKeyword.Items when value.IsArray && dialect.IsSubset:
                // The old way to describe a tuple.
                Changed = true;
                writer.WritePropertyName("prefixItems"u8);
                WriteArray(value);
                break;
            case SchemaKeyword.Items when !value.IsArray:
                writer.WritePropertyName("items"u8);
                WriteSchema(value);
                break;
            case SchemaKeyword.AdditionalProperties when value.IsObject && !dialect.DropsAdditionalProperties:
                writer.WritePropertyName("additionalProperties"u8);
                WriteSchema(value);
                break;
            case SchemaKeyword.AdditionalProperties when dialect.DropsClosedObjects:
                Changed = true;
                _gone.Add("additionalProperties");
                break;
            case SchemaKeyword.Items or SchemaKeyword.PrefixItems when value.IsArray:
            case SchemaKeyword.AnyOf or SchemaKeyword.OneOf or SchemaKeyword.AllOf when value.IsArray:
                WriteName(keyword.Name);
                WriteArray(value);
                break;
            default:
                if (dialect.IsSubset) WriteSubset(node, keyword);
                else WriteAny(keyword);
                break;
        }
    }

    /// <summary>A keyword in a dialect that takes all of JSON Schema: schemas in it still lose their references.</summary>
    private void WriteAny(SchemaMember keyword)
    {
        WriteName(keyword.Name);
        if (keyword.Value.IsObject && keyword.Word is SchemaKeyword.Not or SchemaKeyword.Conditional or SchemaKeyword.OtherSchema)
        {
            if (keyword.Name.Equals("patternProperties"u8) || keyword.Name.Equals("dependentSchemas"u8)) WriteMap(keyword.Value);
            else WriteSchema(keyword.Value);
            return;
        }

        keyword.Value.WriteTo(writer);
    }

    private void WriteSubset(SchemaNode node, SchemaMember keyword)
    {
        var value = keyword.Value;
        switch (keyword.Word)
        {
            case SchemaKeyword.Enum:
                WriteEnum(value);
                return;
            case SchemaKeyword.Const:
                if (!IsWord(value) || node.Has(SchemaKeyword.Enum)) return;
                writer.WriteStartArray("enum"u8);
                value.WriteTo(writer);
                writer.WriteEndArray();
                return;
            case SchemaKeyword.Sayable:
                return;
            case SchemaKeyword.Format:
                if (value.IsString && SchemaKeywords.IsGeminiFormat(Text(value).ToUtf8().Span)) value.WriteTo(writer, "format"u8);
                return;
            case SchemaKeyword.Title when value.IsString:
            case SchemaKeyword.Bound when !value.IsObject && !value.IsArray && !value.IsNull:
            case SchemaKeyword.PropertyOrdering when value.IsArray:
            case SchemaKeyword.Nullable when value.Bytes.Span[0] is (byte)'t' or (byte)'f':
                WriteName(keyword.Name);
                value.WriteTo(writer);
                return;
            default:
                Changed = true;
                _gone.Add(keyword.Name.ToString());
                return;
        }
    }

    private void WriteEnum(JsonSlice value)
    {
        if (!value.IsArray) return;
        var all = Elements(value);
        all.RemoveAll(e => e.IsNull);
        if (all.Count == 0 || !all.TrueForAll(IsWord)) return;
        writer.WriteStartArray("enum"u8);
        foreach (var word in all) word.WriteTo(writer);
        writer.WriteEndArray();
    }
}

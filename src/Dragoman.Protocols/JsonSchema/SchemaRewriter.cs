using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.JsonSchema;

/// <summary>Writes one schema anew in a dialect, and notes whether anything became different on the way.</summary>
internal sealed partial class SchemaRewriter(JsonSlice root, SchemaDialect dialect, Utf8JsonWriter writer, bool mustBeObject)
{
    private readonly SchemaReferences _references = new(root);
    private readonly Stack<SchemaNode> _spare = [];
    private readonly SortedSet<string> _reported = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _gone = new(StringComparer.Ordinal);

    /// <summary>Whether what was written means or reads other than what was there.</summary>
    public bool Changed { get; private set; }

    /// <summary>Tells what could not be carried, one entry a sort of loss and not one a keyword's every place.</summary>
    public void Report(Losses losses, string path)
    {
        if (_reported.Count > 0) losses.Approximate(path, $"{dialect.Name} does not take {string.Join(", ", _reported)} here; the schema says it in other words");
        if (_gone.Count > 0) losses.Drop(path, $"{dialect.Name} does not take {string.Join(", ", _gone)}");
    }

    public void WriteRoot()
    {
        if (!root.IsObject)
        {
            Changed = true;
            writer.WriteRawValue("""{"type":"object","properties":{}}"""u8, skipInputValidation: true);
            return;
        }

        if (mustBeObject && IsBarePropertyMap())
        {
            Changed = true;
            writer.WriteStartObject();
            writer.WriteString("type"u8, "object"u8);
            writer.WritePropertyName("properties"u8);
            WriteMap(root);
            writer.WriteEndObject();
            return;
        }

        WriteSchema(root, isRoot: true);
    }

    /// <summary>Some tool servers give the properties where the schema should be.</summary>
    private bool IsBarePropertyMap()
    {
        var reader = root.Read();
        reader.Read();
        var any = false;
        while (reader.NextProperty())
        {
            if (SchemaKeywords.Parse(reader.ValueSpan) != SchemaKeyword.Other) return false;
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject) return false;
            any = true;
            reader.Skip();
        }

        return any;
    }

    private void WriteSchema(JsonSlice schema, bool isRoot = false)
    {
        if (!schema.IsObject)
        {
            // true and false are schemas too; what an upstream that knows only objects can be told is "anything".
            Changed = true;
            if (schema.Bytes.Span.SequenceEqual("false"u8)) _gone.Add("false as a schema");
            writer.WriteRawValue("{}"u8, skipInputValidation: true);
            return;
        }

        if (!_spare.TryPop(out var node)) node = new SchemaNode();
        Gather(node, schema, isRoot && mustBeObject);
        if (dialect.IsSubset) Prepare(node);
        if (isRoot && mustBeObject && node.Type != "object")
        {
            if (node.Type is not null) _reported.Add($"the type {node.Type} at the root");
            node.Type = "object";
            node.Types = null;
            node.TypeRewritten = true;
            Changed = true;
        }

        Write(node);
        _references.Exit(node.References);
        node.Clear();
        _spare.Push(node);
    }

    private void Write(SchemaNode node)
    {
        writer.WriteStartObject();
        var described = false;
        var typed = false;
        var propertied = false;
        var requirement = false;
        foreach (var keyword in node.Keywords)
        {
            switch (keyword.Word)
            {
                case SchemaKeyword.Type:
                    WriteType(node, keyword);
                    typed = true;
                    break;
                case SchemaKeyword.Description when !keyword.Value.IsString:
                    Changed = true;
                    _gone.Add("a description that is no text");
                    break;
                case SchemaKeyword.Description:
                    WriteDescription(node, keyword.Value);
                    described = true;
                    break;
                case SchemaKeyword.Properties:
                    if (propertied) break;
                    propertied = true;
                    writer.WritePropertyName("properties"u8);
                    WriteProperties(node);
                    break;
                case SchemaKeyword.Required:
                    if (requirement) Changed = true;
                    else WriteRequired(node);
                    requirement = true;
                    break;
                default:
                    WriteKeyword(node, keyword);
                    break;
            }
        }

        if (!typed && (node.Type is not null || node.Types is not null) && node.TypeRewritten) WriteType(node, default);
        if (!described && node.Hints.Count > 0) WriteDescription(node, default);
        if (!dialect.IsSubset)
        {
            writer.WriteEndObject();
            return;
        }

        if (node.Nullable && !node.Has(SchemaKeyword.Nullable)) writer.WriteBoolean("nullable"u8, true);
        if (node.Type == "array" && !node.Has(SchemaKeyword.Items) && !node.Has(SchemaKeyword.PrefixItems))
        {
            // Gemini refuses a list that does not say what it lists.
            Changed = true;
            writer.WritePropertyName("items"u8);
            writer.WriteRawValue("""{"type":"string"}"""u8, skipInputValidation: true);
        }

        writer.WriteEndObject();
    }

    private void WriteType(SchemaNode node, SchemaMember keyword)
    {
        if (node.Types is { } types)
        {
            if (node.Has(SchemaKeyword.AnyOf) || node.Has(SchemaKeyword.OneOf)) return;
            writer.WriteStartArray("anyOf"u8);
            foreach (var type in types)
            {
                writer.WriteStartObject();
                writer.WriteString("type"u8, type);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            return;
        }

        if (node.Type is not null && (node.TypeRewritten || keyword.Value.IsEmpty)) writer.WriteString("type"u8, node.Type);
        else if (!keyword.Value.IsEmpty) keyword.Value.WriteTo(writer, "type"u8);
    }

    private void WriteDescription(SchemaNode node, JsonSlice value)
    {
        if (node.Hints.Count == 0)
        {
            value.WriteTo(writer, "description"u8);
            return;
        }

        Changed = true;
        var text = value.IsEmpty ? "" : Text(value).ToString();
        foreach (var hint in node.Hints)
        {
            if (text.Length == 0) text = hint;
            else if (!text.Contains(hint, StringComparison.Ordinal)) text = $"{text} ({hint})";
        }

        writer.WriteString("description"u8, text);
    }

    private void WriteProperties(SchemaNode node)
    {
        writer.WriteStartObject();
        foreach (var (name, value) in node.Properties)
        {
            WriteName(name);
            WriteSchema(value);
        }

        writer.WriteEndObject();
    }

    private void WriteMap(JsonSlice map)
    {
        var reader = map.Read();
        reader.Read();
        writer.WriteStartObject();
        while (reader.NextProperty())
        {
            WriteName(JsonText.From(ref reader, map.Bytes));
            reader.Read();
            WriteSchema(JsonSlice.From(ref reader, map.Bytes));
        }

        writer.WriteEndObject();
    }

    private void WriteArray(JsonSlice array)
    {
        var reader = array.Read();
        reader.Read();
        writer.WriteStartArray();
        while (reader.NextElement())
        {
            var element = JsonSlice.From(ref reader, array.Bytes);
            if (dialect.IsSubset && IsNullSchema(element)) continue;
            WriteSchema(element);
        }

        writer.WriteEndArray();
    }

    /// <summary>Only names that are properties may be required, each once; an empty list is left out.</summary>
    private void WriteRequired(SchemaNode node)
    {
        var names = new List<JsonText>();
        foreach (var keyword in node.Keywords)
        {
            if (keyword.Word != SchemaKeyword.Required) continue;
            if (!keyword.Value.IsArray)
            {
                Changed = true;
                continue;
            }

            var reader = keyword.Value.Read();
            reader.Read();
            while (reader.NextElement())
            {
                if (reader.TokenType != JsonTokenType.String)
                {
                    reader.Skip();
                    Changed = true;
                    continue;
                }

                var name = JsonText.From(ref reader, keyword.Value.Bytes);
                var utf8 = name.ToUtf8();
                // A merged alternative may bring properties of its own; whoever is no property at all cannot be asked for.
                if (!node.HasProperty(utf8.Span) || names.Exists(known => known.Equals(utf8.Span))) Changed = true;
                else names.Add(name);
            }
        }

        if (names.Count == 0)
        {
            Changed = true;
            return;
        }

        writer.WriteStartArray("required"u8);
        foreach (var name in names) name.WriteTo(writer);
        writer.WriteEndArray();
    }

    private void WriteName(JsonText name) => writer.WritePropertyName(name.ToUtf8().Span);

    private static JsonText Text(JsonSlice value)
    {
        var reader = value.Read();
        reader.Read();
        return JsonText.From(ref reader, value.Bytes);
    }
}

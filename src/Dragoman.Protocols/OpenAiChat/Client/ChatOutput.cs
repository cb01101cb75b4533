using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.OpenAiChat.Shared;

namespace Dragoman.Protocols.OpenAiChat.Client;

/// <summary>Reads <c>response_format</c>, and Responses' <c>text</c> where a client sends that instead.</summary>
internal static class ChatOutput
{
    public static void Read(JsonSlice value, ConversationRequest request)
    {
        if (value.IsNull) return;
        if (!value.IsObject) throw ChatJson.WrongType("response_format", "an object", value);
        var reader = value.Read();
        reader.Read();
        string? type = null;
        var detail = default(JsonSlice);
        var schema = default(JsonSlice);
        List<Extra>? extras = null;
        while (reader.NextProperty())
        {
            if (reader.ValueTextEquals("type"u8)) type = ChatJson.String(ref reader);
            else if (reader.ValueTextEquals("json_schema"u8)) detail = ChatJson.Value(ref reader, value.Bytes);
            else if (reader.ValueTextEquals("schema"u8)) schema = ChatJson.Value(ref reader, value.Bytes);
            else ChatJson.Extra(ref reader, value.Bytes, ref extras, "response_format.");
        }

        if (type == "json_schema" && !detail.IsObject) extras = null;
        switch (type)
        {
            case "text":
                request.Output = new OutputFormat { Kind = OutputKind.Text };
                break;
            case "json_object" when schema.IsObject:
                // Together, Fireworks and llama.cpp put the schema beside json_object.
                request.Output = new OutputFormat { Kind = OutputKind.JsonSchema, Schema = schema };
                break;
            case "json_object":
                request.Output = new OutputFormat { Kind = OutputKind.Json };
                break;
            case "json_schema":
                // Responses' own form has the members flat.
                request.Output = Schema(detail.IsObject ? detail : value, request);
                break;
            default:
                request.Extras.Add(new(Protocol.OpenAiChat, "response_format", value));
                return;
        }

        if (extras is not null) request.Extras.AddRange(extras);
    }

    public static void ReadResponsesText(JsonSlice value, ConversationRequest request)
    {
        if (!value.IsObject) return;
        var reader = value.Read();
        reader.Read();
        while (reader.NextProperty())
        {
            if (reader.ValueTextEquals("verbosity"u8)) request.Verbosity = ChatJson.String(ref reader);
            else if (reader.ValueTextEquals("format"u8)) Read(ChatJson.Value(ref reader, value.Bytes), request);
            else ChatJson.Extra(ref reader, value.Bytes, request.Extras, "text.");
        }
    }

    private static OutputFormat Schema(JsonSlice value, ConversationRequest request)
    {
        var reader = value.Read();
        reader.Read();
        string? name = null;
        string? description = null;
        bool? strict = null;
        var schema = default(JsonSlice);
        while (reader.NextProperty())
        {
            if (reader.ValueTextEquals("name"u8)) name = ChatJson.String(ref reader);
            else if (reader.ValueTextEquals("description"u8)) description = ChatJson.String(ref reader);
            else if (reader.ValueTextEquals("schema"u8)) schema = ChatJson.Value(ref reader, value.Bytes);
            else if (reader.ValueTextEquals("strict"u8))
            {
                reader.Read();
                strict = reader.BooleanOrNull();
            }
            else if (reader.ValueTextEquals("type"u8)) _ = ChatJson.String(ref reader);
            else ChatJson.Extra(ref reader, value.Bytes, request.Extras, "response_format.json_schema.");
        }

        return new OutputFormat { Kind = OutputKind.JsonSchema, Name = name, Description = description, Schema = schema.IsNull ? default : schema, Strict = strict };
    }
}

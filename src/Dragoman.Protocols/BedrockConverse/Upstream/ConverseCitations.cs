using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.BedrockConverse.Upstream;

/// <summary>Reads citations. What is kept of them is copied out of the frame.</summary>
internal static class ConverseCitations
{
    public static Citation? Read(JsonSlice citation)
    {
        if (!citation.IsObject) return null;
        var kept = citation.Detach();
        string? title = null, url = null;
        JsonText words = default;
        int? document = null;
        var reader = kept.Read();
        reader.Read();
        while (reader.NextProperty())
        {
            if (reader.ValueTextEquals("title"u8))
            {
                reader.Read();
                title = reader.StringOrNull();
            }
            else if (reader.ValueTextEquals("sourceContent"u8) || reader.ValueTextEquals("location"u8))
            {
                reader.Read();
                Walk(ref reader, kept.Bytes, ref url, ref document, ref words);
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        return new Citation { Title = title, Url = url, CitedText = words, DocumentIndex = document, Origin = Protocol.BedrockConverse, Raw = kept };
    }

    /// <summary>Reads a cited text of a whole answer: its text parts, and the citations that go with them.</summary>
    public static void ReadContent(JsonSlice value, Action<JsonText> text, Action<Citation> citation)
    {
        if (!value.IsObject) return;
        List<Citation>? found = null;
        var reader = value.Read();
        reader.Read();
        while (reader.NextProperty())
        {
            var isContent = reader.ValueTextEquals("content"u8);
            var isCitations = reader.ValueTextEquals("citations"u8);
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartArray || !(isContent || isCitations))
            {
                reader.Skip();
                continue;
            }

            while (reader.NextElement())
            {
                var element = JsonSlice.From(ref reader, value.Bytes);
                if (isCitations && Read(element) is { } one) (found ??= []).Add(one);
                if (isContent && element.IsObject) AddTexts(element, text);
            }
        }

        foreach (var one in found ?? []) citation(one);
    }

    private static void AddTexts(JsonSlice element, Action<JsonText> text)
    {
        var reader = element.Read();
        reader.Read();
        while (reader.NextProperty())
        {
            var isText = reader.ValueTextEquals("text"u8);
            reader.Read();
            if (isText && reader.TokenType == JsonTokenType.String) text(JsonText.From(ref reader, element.Bytes));
            else reader.Skip();
        }
    }

    /// <summary>Looks through a small value of any shape for the members that matter.</summary>
    private static void Walk(ref Utf8TokenReader reader, ReadOnlyMemory<byte> source, ref string? url, ref int? document, ref JsonText words)
    {
        var depth = 0;
        do
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject or JsonTokenType.StartArray:
                    depth++;
                    break;
                case JsonTokenType.EndObject or JsonTokenType.EndArray:
                    depth--;
                    break;
                case JsonTokenType.PropertyName:
                    var isUrl = reader.ValueTextEquals("url"u8);
                    var isDocument = reader.ValueTextEquals("documentIndex"u8);
                    var isText = reader.ValueTextEquals("text"u8);
                    if (!(isUrl || isDocument || isText)) break;
                    reader.Read();
                    if (isUrl) url ??= reader.StringOrNull();
                    else if (isDocument) document ??= reader.Int32OrNull();
                    else if (reader.TokenType == JsonTokenType.String && words.IsEmpty) words = JsonText.From(ref reader, source);
                    else reader.Skip();
                    break;
            }
        }
        while (depth > 0 && reader.Read());
    }
}

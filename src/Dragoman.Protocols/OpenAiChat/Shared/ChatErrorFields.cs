using System.Text.Json;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.OpenAiChat.Shared;

/// <summary>
/// What an error body says, whatever its shape: OpenAI's envelope, a bare string, a flat object (Mistral, vLLM), FastAPI's <c>detail</c>,
/// Google's array, OpenRouter's <c>metadata.raw</c>.
/// </summary>
internal struct ChatErrorFields
{
    public string? Message;
    public string? Type;
    public string? Code;
    public string? Param;

    /// <summary>The HTTP status, where the code is one (OpenRouter, Google).</summary>
    public readonly int? StatusFromCode => int.TryParse(Code, out var number) && number is >= 400 and < 600 ? number : null;

    public void Read(ref Utf8TokenReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                Message ??= reader.GetString();
                break;
            case JsonTokenType.StartArray:
                while (reader.NextElement()) Read(ref reader);
                break;
            case JsonTokenType.StartObject:
                while (reader.NextProperty()) Member(ref reader);
                break;
        }
    }

    private void Member(ref Utf8TokenReader reader)
    {
        if (reader.ValueTextEquals("message"u8) || reader.ValueTextEquals("error_message"u8) || reader.ValueTextEquals("msg"u8)
            || reader.ValueTextEquals("error"u8) || reader.ValueTextEquals("errors"u8) || reader.ValueTextEquals("detail"u8)
            || reader.ValueTextEquals("base_resp"u8) || reader.ValueTextEquals("status_msg"u8))
        {
            reader.Read();
            Read(ref reader);
        }
        else if (reader.ValueTextEquals("metadata"u8))
        {
            reader.Read();
            Metadata(ref reader);
        }
        else if (reader.ValueTextEquals("type"u8)) Type = Word(ref reader) ?? Type;
        else if (reader.ValueTextEquals("code"u8)) Code = Word(ref reader) ?? Code;
        else if (reader.ValueTextEquals("status"u8)) Type = Word(ref reader) is { } status ? Type ?? status : Type;
        else if (reader.ValueTextEquals("param"u8)) Param = Word(ref reader) ?? Param;
        else
        {
            reader.Read();
            reader.Skip();
        }
    }

    /// <summary>OpenRouter says "Provider returned error" and keeps the provider's own words here.</summary>
    private void Metadata(ref Utf8TokenReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        while (reader.NextProperty())
        {
            var raw = reader.ValueTextEquals("raw"u8);
            reader.Read();
            if (raw && reader.TokenType == JsonTokenType.String) Message = $"{Message}: {reader.GetString()}";
            else reader.Skip();
        }
    }

    private static string? Word(ref Utf8TokenReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String) return reader.GetString();
        return reader.Int64OrNull()?.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }
}

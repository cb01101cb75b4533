using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.AnthropicMessages.Upstream;

/// <summary>The fields of an answer that the model in the middle has no place for (<c>container</c>, <c>context_management</c>).</summary>
internal static class AnthropicAnswerFields
{
    /// <summary>Why they are lost.</summary>
    public const string Reason = "only Messages has it, and it is not translated";

    /// <summary>Passes over the property the reader stands on, and says so unless it says nothing.</summary>
    public static void Lose(ref Utf8TokenReader reader, TranslationContext exchange)
    {
        var means = !(reader.ValueTextEquals("type"u8) || reader.ValueTextEquals("role"u8) || reader.ValueTextEquals("content"u8)
            || reader.ValueTextEquals("stop_reason"u8) || reader.ValueTextEquals("stop_sequence"u8) || reader.ValueTextEquals("stop_details"u8));
        var name = means ? reader.GetString() : null;
        reader.Read();
        if (name is not null && reader.TokenType != JsonTokenType.Null) exchange.Losses.Drop("answer." + name, Reason);
        reader.Skip();
    }
}

using Dragoman.Protocols.Conversation;

namespace Dragoman.Protocols.OpenAiCompletions;

/// <summary>What the rest of the gateway may ask about OpenAI's legacy Completions. Only clients speak it, so that no stream of it passes.</summary>
internal sealed class CompletionsTraits : ProtocolTraits
{
    /// <inheritdoc/>
    public override Protocol Protocol => Protocol.OpenAiCompletions;

    /// <inheritdoc/>
    public override string Name => "openai-completions";

    /// <inheritdoc/>
    public override string TelemetryOperation => "text_completion";

    /// <inheritdoc/>
    public override string PathFor(string model, bool stream) => "/v1/completions";
}

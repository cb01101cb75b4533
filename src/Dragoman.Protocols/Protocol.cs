namespace Dragoman.Protocols;

/// <summary>A protocol that clients or upstreams speak.</summary>
public enum Protocol
{
    /// <summary>OpenAI Chat Completions.</summary>
    OpenAiChat,

    /// <summary>OpenAI legacy Completions (clients only).</summary>
    OpenAiCompletions,

    /// <summary>OpenAI Responses.</summary>
    OpenAiResponses,

    /// <summary>Anthropic Messages.</summary>
    AnthropicMessages,

    /// <summary>Gemini generateContent, v1beta.</summary>
    Gemini,

    /// <summary>AWS Bedrock Converse and ConverseStream.</summary>
    BedrockConverse,

    /// <summary>Anthropic bodies on AWS Bedrock InvokeModel.</summary>
    BedrockAnthropic,

    /// <summary>CodeWhisperer's GenerateAssistantResponse, which Kiro speaks (upstreams only).</summary>
    CodeWhisperer,
}

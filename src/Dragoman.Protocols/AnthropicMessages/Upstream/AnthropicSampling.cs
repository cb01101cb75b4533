using System.Text.Json;
using Dragoman.Protocols.AnthropicMessages.Shared;
using Dragoman.Protocols.Conversation;

namespace Dragoman.Protocols.AnthropicMessages.Upstream;

/// <summary>Writes temperature, top_p and top_k as far as the model and its thinking allow.</summary>
internal static class AnthropicSampling
{
    /// <summary>Writes them.</summary>
    public static void Write(Utf8JsonWriter writer, TranslationContext exchange, in AnthropicModelFacts facts, in AnthropicThinking thinking)
    {
        var sampling = exchange.Request.Sampling;
        var losses = exchange.Losses;
        var temperature = sampling.Temperature;
        var topP = sampling.TopP;
        var topK = sampling.TopK;
        if (temperature > 1)
        {
            losses.Approximate("temperature", "the most is 1");
            temperature = 1;
        }

        if (facts.NoSampling)
        {
            // What is said is lost only where it differs from what is done anyway.
            if (temperature is not (null or 1)) losses.Drop("temperature", "the model refuses it");
            if (topP is not (null or 1)) losses.Drop("top_p", "the model refuses it");
            if (topK is not null) losses.Drop("top_k", "the model refuses it");
            return;
        }

        if (facts.IsClaude && thinking.IsOn)
        {
            if (temperature is not (null or 1)) losses.Drop("temperature", "thinking excludes it");
            if (topP is < 0.95) losses.Drop("top_p", "thinking takes no less than 0.95");
            if (topK is not null) losses.Drop("top_k", "thinking excludes it");
            temperature = null;
            topK = null;
            if (topP is < 0.95) topP = null;
        }

        if (facts.OneSamplingOnly && temperature is not null && topP is not null)
        {
            if (topP != 1) losses.Drop("top_p", "the model takes only one of temperature and top_p");
            topP = null;
        }

        if (temperature is { } t) writer.WriteNumber("temperature"u8, t);
        if (topP is { } p) writer.WriteNumber("top_p"u8, p);
        if (topK is { } k) writer.WriteNumber("top_k"u8, k);
    }
}

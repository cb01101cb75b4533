using System.Text;
using System.Text.Json;
using Dragoman.Protocols.AnthropicMessages.Upstream;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.BedrockConverse.Upstream;

/// <summary>Writes <c>additionalModelRequestFields</c>: what a model's own body takes and Converse has no member for.</summary>
internal static class ConverseAdditional
{
    private const string Member = "additionalModelRequestFields";
    private const string ContextManagement = "context_management";

    /// <summary>Whether the field of the source goes into the additional fields.</summary>
    public static bool Takes(Extra extra, ConverseModelTraits traits)
        => (extra.Name == Member && extra.Value.IsObject)
            || (extra.Protocol == Protocol.AnthropicMessages && traits.IsClaude && (extra.Name == ContextManagement || AnthropicBetas.IsBetaExtra(extra.Name)));

    public static void Write(Utf8JsonWriter writer, TranslationContext exchange, ConverseModelTraits traits, ConverseReasoning reasoning, ConverseTools tools)
    {
        var stated = new HashSet<string>();
        void Begin(string name)
        {
            if (stated.Count == 0) writer.WriteStartObject("additionalModelRequestFields"u8);
            stated.Add(name);
        }

        reasoning.Write(writer, Begin);
        if (exchange.Request.Sampling.TopK is { } topK)
        {
            if (traits.IsClaude && !traits.NoSampling && !reasoning.Thinks)
            {
                Begin("top_k");
                writer.WriteNumber("top_k"u8, topK);
            }
            else if (traits.IsNova)
            {
                Begin("inferenceConfig");
                writer.WriteStartObject("inferenceConfig"u8);
                writer.WriteNumber("topK"u8, topK);
                writer.WriteEndObject();
            }
            else
            {
                exchange.Losses.Drop("top_k", "the model does not take it here");
            }
        }

        if (tools.ChoiceInAdditional)
        {
            Begin("tool_choice");
            tools.WriteClaudeChoice(writer);
        }

        var betas = traits.IsClaude ? AnthropicBetas.Requested(exchange.Request) : [];
        foreach (var beta in betas)
        {
            if (!AnthropicBedrockBetas.IsForConverse(beta)) exchange.Losses.Drop($"betas.{beta}", "Converse refuses it");
        }

        betas = AnthropicBedrockBetas.Filter(betas.Where(AnthropicBedrockBetas.IsForConverse));
        if (betas.Count > 0)
        {
            Begin("anthropic_beta");
            writer.WriteStartArray("anthropic_beta"u8);
            foreach (var beta in betas) writer.WriteStringValue(beta);
            writer.WriteEndArray();
        }

        foreach (var extra in exchange.Request.Extras)
        {
            if (!Takes(extra, traits) || AnthropicBetas.IsBetaExtra(extra.Name)) continue;
            if (extra.Name == ContextManagement && !betas.Exists(beta => beta.StartsWith("context-management-", StringComparison.Ordinal)))
            {
                exchange.Losses.Drop(ContextManagement, "it is refused without its beta flag");
                continue;
            }

            Begin(extra.Name);
            if (extra.Name == Member) Merge(writer, extra.Value, stated);
            else extra.Value.WriteTo(writer, Encoding.UTF8.GetBytes(extra.Name));
        }

        if (stated.Count > 0) writer.WriteEndObject();
    }

    /// <summary>What the client put there itself, less the members that were said already.</summary>
    private static void Merge(Utf8JsonWriter writer, JsonSlice fields, HashSet<string> stated)
    {
        var reader = fields.Read();
        reader.Read();
        while (reader.NextProperty())
        {
            var fresh = stated.Add(reader.StringOfName());
            var name = JsonText.From(ref reader, fields.Bytes);
            reader.Read();
            var value = JsonSlice.From(ref reader, fields.Bytes);
            if (fresh) value.WriteTo(writer, name.ToUtf8().Span);
        }
    }
}

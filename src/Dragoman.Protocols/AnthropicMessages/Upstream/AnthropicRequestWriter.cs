using System.Buffers;
using System.Text.Json;
using Dragoman.Protocols.AnthropicMessages.Shared;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.AnthropicMessages.Upstream;

/// <summary>Writes a request, for Anthropic, for what imitates it, and for Bedrock.</summary>
internal static class AnthropicRequestWriter
{
    private const Protocol Own = Protocol.AnthropicMessages;
    private const int UsualMaxTokens = 32_000;

    /// <summary>Writes the request's body.</summary>
    public static void Write(TranslationContext exchange, AnthropicTarget target, IBufferWriter<byte> output)
    {
        if (target.IsBedrock) target = target with { SearchesTools = AnthropicBetas.Collect(exchange).Exists(beta => AnthropicBedrockBetas.NameOf(beta) == AnthropicBedrockBetas.ToolSearch) };
        exchange.Prepare(AnthropicTurnPlan.Rules(exchange, target));
        var request = exchange.Request;
        HeldByProvider.Check(request, target.Protocol);
        var facts = AnthropicModelFacts.Get(exchange.Model);
        var tools = AnthropicToolWriter.Select(exchange, target);
        var turns = AnthropicTurnPlan.Build(exchange, target, facts);
        var marks = new AnthropicCacheMarks(exchange, target, tools, turns);
        var thinking = AnthropicThinking.Decide(exchange, facts, turns, MaxTokens(exchange, facts));
        var format = AnthropicOutputFormat.Decide(exchange, target, facts);

        var writer = JsonWriting.Rent(output);
        writer.WriteStartObject();
        WriteHead(writer, exchange, target, thinking);
        AnthropicOptionsWriter.Write(writer, exchange, target, facts, thinking, format);
        AnthropicToolWriter.WriteChoice(writer, tools, exchange, target);
        AnthropicToolWriter.Write(writer, tools, exchange, target, marks);
        var blocks = new AnthropicBlockWriter(exchange, target, marks);
        WriteSystem(writer, exchange, target, marks, format.Instruction);
        writer.WriteStartArray("messages"u8);
        foreach (var turn in turns)
        {
            writer.WriteStartObject();
            writer.WriteString("role"u8, turn.Role switch { Role.Assistant => "assistant", Role.System => "system", _ => "user" });
            writer.WriteStartArray("content"u8);
            foreach (var block in turn.Blocks) blocks.Write(writer, block);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        JsonWriting.Return(writer);
        AnthropicOptionsWriter.ReportForeign(request, exchange.Losses);
        exchange.Losses.DropForeign(request, Own);
    }

    private static int MaxTokens(TranslationContext exchange, in AnthropicModelFacts facts)
    {
        var asked = exchange.Request.MaxOutputTokens;
        if (asked is null) return exchange.Model.MaxOutputTokens ?? Math.Min(facts.MaxOutput, UsualMaxTokens);
        if (exchange.Model.MaxOutputTokens is not { } most || asked <= most) return asked.Value;
        exchange.Losses.Approximate("max_tokens", $"the model gives at most {most}");
        return most;
    }

    private static void WriteHead(Utf8JsonWriter writer, TranslationContext exchange, AnthropicTarget target, in AnthropicThinking thinking)
    {
        if (target.IsBedrock)
        {
            writer.WriteString("anthropic_version"u8, "bedrock-2023-05-31"u8);
            WriteBetas(writer, exchange);
        }
        else
        {
            writer.WriteString("model"u8, exchange.Model.Id);
        }

        if (target.Counting && !target.IsBedrock) return;
        writer.WriteNumber("max_tokens"u8, thinking.MaxTokens);
        if (!target.IsBedrock && exchange.Request.Stream) writer.WriteBoolean("stream"u8, true);
    }

    private static void WriteBetas(Utf8JsonWriter writer, TranslationContext exchange)
    {
        var betas = AnthropicBetas.Collect(exchange);
        foreach (var beta in betas)
        {
            if (AnthropicBedrockBetas.NameOf(beta) is null) exchange.Losses.Drop($"betas.{beta}", "Bedrock refuses it");
        }

        betas = AnthropicBedrockBetas.Filter(betas);
        if (betas.Count == 0) return;
        writer.WriteStartArray("anthropic_beta"u8);
        foreach (var beta in betas) writer.WriteStringValue(beta);
        writer.WriteEndArray();
    }

    private static void WriteExtras(Utf8JsonWriter writer, Block block)
    {
        if (block.Extras is null) return;
        foreach (var extra in block.Extras)
        {
            if (extra.Protocol != Own || extra.Name is "cache_control" or AnthropicBlockFields.WholeBlock) continue;
            writer.WritePropertyName(extra.Name);
            extra.Value.WriteTo(writer);
        }
    }

    private static void WriteSystem(Utf8JsonWriter writer, TranslationContext exchange, AnthropicTarget target, AnthropicCacheMarks marks, JsonText instruction)
    {
        var request = exchange.Request;
        var attribution = request.Extras.Find(extra => extra is { Protocol: Own, Name: AnthropicAttribution.ExtraName }).Value;
        if (!attribution.IsEmpty && (target.IsBedrock || !exchange.KeepsAttribution))
        {
            exchange.Losses.Drop(AnthropicAttribution.ExtraName, "it is for Anthropic only, and would spoil the prompt's cache");
            attribution = default;
        }

        var says = request.System.Exists(static block => block is TextBlock { Text.IsBlank: false });
        if (says || !attribution.IsEmpty || !instruction.IsEmpty) writer.WriteStartArray("system"u8);
        if (!attribution.IsEmpty) attribution.WriteTo(writer);
        for (var i = 0; i < request.System.Count; i++)
        {
            var block = request.System[i];
            exchange.Losses.DropForeign(block.Extras, Own, $"system[{i}]");
            if (block is not TextBlock text)
            {
                exchange.Losses.Drop($"system[{i}]", "only text can be system text");
                continue;
            }

            if (text.Text.IsBlank) continue;
            writer.WriteStartObject();
            writer.WriteString("type"u8, "text"u8);
            text.Text.WriteTo(writer, "text"u8);
            WriteExtras(writer, block);
            marks.WriteSystem(writer, block);
            writer.WriteEndObject();
        }

        if (!instruction.IsEmpty)
        {
            writer.WriteStartObject();
            writer.WriteString("type"u8, "text"u8);
            instruction.WriteTo(writer, "text"u8);
            writer.WriteEndObject();
        }

        if (says || !attribution.IsEmpty || !instruction.IsEmpty) writer.WriteEndArray();
    }
}

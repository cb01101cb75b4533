using Dragoman.Protocols.AnthropicMessages.Shared;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.JsonSchema;

namespace Dragoman.Protocols.AnthropicMessages.Upstream;

/// <summary>
/// How the wished shape of the answer is asked for: by the protocol's own field where the model takes it, else in words. The forced tool
/// that others use instead excludes thinking and other tools, and changes what a stream looks like; words do not.
/// </summary>
internal readonly record struct AnthropicOutputFormat
{
    /// <summary>The schema for <c>output_config.format</c>, or empty.</summary>
    public JsonSlice Schema { get; private init; }

    /// <summary>The words to add to the system text, or empty.</summary>
    public JsonText Instruction { get; private init; }

    /// <summary>Decides.</summary>
    public static AnthropicOutputFormat Decide(TranslationContext exchange, AnthropicTarget target, in AnthropicModelFacts facts)
    {
        if (exchange.Request.Output is not { } output || output.Kind == OutputKind.Text) return default;
        var losses = exchange.Losses;
        if (output.Kind == OutputKind.Json || !output.Schema.IsObject)
        {
            losses.Approximate("response_format", "JSON is asked for in words");
            return new() { Instruction = AnswerFormats.InWords(output) };
        }

        if (output.Name is not null) losses.Drop("response_format.name", "the schema has no name in Messages");
        if (output.Description is not null) losses.Drop("response_format.description", "the schema has no description in Messages");
        // Other models behind this protocol have rules of their own, which the client knows.
        if (exchange.Request.Source == Protocol.AnthropicMessages && !facts.IsClaude) return new() { Schema = output.Schema };
        var why = "the model takes no schema";
        if (facts.StructuredOutput && !(target.IsBedrock && facts.Newest))
        {
            var strict = StrictSchema.Create(output.Schema, StrictRules.Anthropic);
            if (strict.Unfit is null)
            {
                strict.Report(losses, "response_format.schema");
                return new() { Schema = strict.Schema };
            }

            why = $"the schema is refused ({strict.Unfit})";
        }

        losses.Approximate("response_format", $"{why}; it is asked for in words");
        return new() { Instruction = AnswerFormats.InWords(output) };
    }
}

using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.JsonSchema;

/// <summary>
/// <c>strict</c> beside a schema, as Chat and Responses write it for answer formats and functions: true only where the schema satisfies OpenAI's
/// rules or can be made to without changing what the client will read, else false and reported.
/// </summary>
internal static class StrictWish
{
    /// <summary>Writes <c>schema</c> and <c>strict</c> of an answer's format.</summary>
    /// <param name="writer">Stands in the format's object.</param>
    /// <param name="output">The format.</param>
    /// <param name="wish">What the client wishes, or null where it has not said.</param>
    /// <param name="losses">Receives what could not be carried.</param>
    public static void WriteFormat(Utf8JsonWriter writer, OutputFormat output, bool? wish, Losses losses)
    {
        var schema = output.Schema;
        if (wish == true && schema.IsObject) wish = Bind(ref schema, losses, "response_format.schema", "response_format.strict");
        if (!schema.IsEmpty) schema.WriteTo(writer, "schema"u8);
        if (wish is { } strict) writer.WriteBoolean("strict"u8, strict);
    }

    /// <summary>Writes <c>parameters</c> of a function; gives the <c>strict</c> that belongs beside it.</summary>
    public static bool? WriteParameters(Utf8JsonWriter writer, JsonSlice schema, bool? wish, Losses losses, string path)
    {
        schema = RootUnion.Fold(schema, losses, $"{path}.parameters", openAi: true);
        if (wish == true && schema.IsObject) wish = Bind(ref schema, losses, $"{path}.parameters", $"{path}.strict");
        writer.WritePropertyName("parameters"u8);
        ObjectSchema.Write(writer, schema, losses, $"{path}.parameters");
        return wish;
    }

    private static bool Bind(ref JsonSlice schema, Losses losses, string path, string strictPath)
    {
        var strict = StrictSchema.Create(schema, StrictRules.OpenAi);
        if (strict.Unfit is { } reason)
        {
            losses.Approximate(strictPath, $"OpenAI binds to no schema where {reason}: it is asked for without strict");
            return false;
        }

        strict.Report(losses, path);
        schema = strict.Schema;
        return true;
    }
}

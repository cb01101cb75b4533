using Dragoman.Protocols.Conversation;

namespace Dragoman.Protocols.JsonSchema;

/// <summary>
/// Which tools of a request Claude may be bound to: those whose schema fits as a whole, within Anthropic's limits for one request
/// (platform.claude.com "Structured outputs": 20 strict tools, 24 optional properties, 16 properties of several types, answer format included).
/// </summary>
internal sealed class StrictTools
{
    private const int MostTools = 20;
    private const int MostOptional = 24;
    private const int MostUnions = 16;
    private int _tools;
    private int _optional;
    private int _unions;

    /// <summary>Begins a request.</summary>
    public StrictTools(OutputFormat? output)
    {
        if (output is not { Kind: OutputKind.JsonSchema, Schema.IsObject: true }) return;
        var format = StrictSchema.Create(output.Schema, StrictRules.Anthropic);
        _optional = format.Optional;
        _unions = format.Unions;
    }

    /// <summary>The schema to bind the tool's arguments to, or null (with the loss reported) where they stay unbound.</summary>
    public StrictSchema? Bind(Tool tool, string path, Losses losses)
    {
        var strict = tool.Parameters.IsObject ? StrictSchema.Create(tool.Parameters, StrictRules.Anthropic) : default;
        var why = !tool.Parameters.IsObject ? "it has no schema"
            : strict.Unfit ?? (strict.Losses.Count > 0 ? "it uses keywords that are refused there" : null)
            ?? (_tools + 1 > MostTools || _optional + strict.Optional > MostOptional || _unions + strict.Unions > MostUnions ? "too many are bound already" : null);
        if (why is not null)
        {
            losses.Drop($"{path}.strict", $"the arguments are not bound to the schema: {why}");
            return null;
        }

        _tools++;
        _optional += strict.Optional;
        _unions += strict.Unions;
        return strict;
    }
}

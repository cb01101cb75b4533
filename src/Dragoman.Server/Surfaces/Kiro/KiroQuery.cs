using System.Globalization;
using System.Text.Json.Nodes;
using Dragoman.Server.Surfaces.Abstractions;

namespace Dragoman.Server.Surfaces.Kiro;

/// <summary>Reads the parameters of a query as FastAPI does: what is of the wrong type is told in a list, with 422 (wire note A.0).</summary>
internal sealed class KiroQuery(SurfaceCall call)
{
    private readonly JsonArray _problems = [];

    /// <summary>The answer to what cannot be read; null where all can.</summary>
    public SurfaceAnswer? Refusal => _problems.Count == 0 ? null : SurfaceAnswer.Json(422, new JsonObject { ["detail"] = _problems });

    /// <summary>A text; null for none.</summary>
    public string? Text(string name) => call.Query(name) is { Length: > 0 } text ? text : null;

    /// <summary>A whole number.</summary>
    public int Integer(string name, int usual)
    {
        if (call.Query(name) is not { } text) return usual;
        if (int.TryParse(text.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)) return number;
        Add(name, text, "int_parsing", "Input should be a valid integer, unable to parse string as an integer");
        return usual;
    }

    /// <summary>A flag; null for none.</summary>
    public bool? Flag(string name)
    {
        if (call.Query(name) is not { } text) return null;
        switch (text.Trim().ToLowerInvariant())
        {
            case "true" or "1" or "yes" or "on" or "t" or "y":
                return true;
            case "false" or "0" or "no" or "off" or "f" or "n":
                return false;
            default:
                Add(name, text, "bool_parsing", "Input should be a valid boolean, unable to interpret input");
                return null;
        }
    }

    private void Add(string name, string input, string type, string message)
        => _problems.Add((JsonNode)new JsonObject { ["type"] = type, ["loc"] = new JsonArray("query", name), ["msg"] = message, ["input"] = input });
}

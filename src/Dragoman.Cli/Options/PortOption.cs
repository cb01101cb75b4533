using System.CommandLine;
using System.Globalization;

namespace Dragoman.Cli.Options;

/// <summary>Options for ports.</summary>
internal static class PortOption
{
    /// <summary>An option that takes a TCP port; anything else is an error.</summary>
    /// <param name="description">What it is for.</param>
    public static Option<int?> Create(string description) => new("--port", "-p")
    {
        Description = description,
        CustomParser = result =>
        {
            var text = result.Tokens is [var token] ? token.Value : "";
            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= 65_535) return port;
            result.AddError($"'{text}' is no port; ports go from 1 to 65535, and 0 takes any free one.");
            return null;
        },
    };
}

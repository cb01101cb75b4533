using System.Text.Encodings.Web;
using System.Text.Json;

namespace Dragoman.Server.Surfaces.CliProxy.Management;

/// <summary>How files are written that people open.</summary>
internal static class CliProxyJson
{
    /// <summary>With a line for each member.</summary>
    public static JsonSerializerOptions Indented { get; } = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}

using System.Globalization;

namespace Dragoman.Protocols.Framing;

/// <summary>Tells people a size that was exceeded.</summary>
internal static class FrameSize
{
    /// <summary>Megabytes where they are whole, and then with the setting that they come from; else bytes.</summary>
    public static string Describe(int bytes) => string.Create(CultureInfo.InvariantCulture, $"{(bytes % (1 << 20) == 0 ? bytes >> 20 : bytes)} {(bytes % (1 << 20) == 0 ? "MB (limits.max-frame-mb)" : "bytes")}");
}

using System.ComponentModel;
using System.Diagnostics;

namespace Dragoman.Cli.Commands.Logins;

/// <summary>Opens an address in the person's browser, where there is one.</summary>
internal static class BrowserLauncher
{
    /// <summary>Whether this machine can show a browser to the person: not over SSH, and not without a display.</summary>
    public static bool IsThere
        => OperatingSystem.IsWindows() || OperatingSystem.IsMacOS()
            ? !IsSet("SSH_CONNECTION")
            : (IsSet("DISPLAY") || IsSet("WAYLAND_DISPLAY")) && !IsSet("SSH_CONNECTION");

    /// <summary>Opens an address; false where that cannot be done. Only web addresses are given to the system: it would run others.</summary>
    public static bool TryOpen(string address)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.Scheme is not ("https" or "http")) return false;
        try
        {
            var start = OperatingSystem.IsWindows()
                ? new ProcessStartInfo(uri.AbsoluteUri) { UseShellExecute = true }
                : new ProcessStartInfo(OperatingSystem.IsMacOS() ? "open" : "xdg-open") { UseShellExecute = false, ArgumentList = { uri.AbsoluteUri }, RedirectStandardOutput = true, RedirectStandardError = true };
            using var process = Process.Start(start);
            return true;
        }
        catch (Exception ex) when (ex is Win32Exception or InvalidOperationException or PlatformNotSupportedException)
        {
            return false;
        }
    }

    private static bool IsSet(string variable) => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(variable));
}

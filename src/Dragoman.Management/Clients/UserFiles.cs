using Dragoman.Management.Hosting;

namespace Dragoman.Management.Clients;

/// <summary>Whether the gateway may change the files of other programs for a caller: those of the person who runs it, for callers on the same machine.</summary>
internal static class UserFiles
{
    /// <summary>Why it may not; null where it may.</summary>
    public static ManagementError? Refusal(ManagementPaths paths, bool isLocal)
    {
        if (!isLocal) return ManagementError.Forbidden("Files of clients are shown and changed for callers on the gateway's own machine only.", "user_files_are_local", "Copy the text into the file yourself, or run 'dragoman connect' where the client is.");
        if (paths.Data is null) return ManagementError.Forbidden("The gateway runs without a data folder, in which copies of the files would be kept.", "no_data_folder");
        if (paths.Home.Length < 2 || !Directory.Exists(paths.Home)) return ManagementError.Forbidden("The gateway runs as a user without a home folder, so there are no files of clients.", "no_home_folder");
        // What root writes below a person's home is not the person's to change.
        if (!OperatingSystem.IsWindows() && Environment.IsPrivilegedProcess && (paths.Home.StartsWith("/home/", StringComparison.Ordinal) || paths.Home.StartsWith("/Users/", StringComparison.Ordinal)))
            return ManagementError.Forbidden($"The gateway runs as {Environment.UserName}, and '{paths.Home}' is somebody else's.", "not_own_files", "Run 'dragoman connect' as the user of the client.");
        return null;
    }

    /// <summary>Where the clients of the person who runs the gateway keep their files.</summary>
    public static ClientPaths PlacesOf(ManagementPaths paths) => new(paths.Home, paths.Variable);
}

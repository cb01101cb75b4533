namespace Dragoman.Management.Hosting;

/// <summary>The files and folders that use cases work with.</summary>
/// <param name="ConfigFile">The configuration's file, which may not be there yet; null where the gateway runs on a text of its own.</param>
/// <param name="ConfigBackups">The folder of the configuration's former texts; null where none are kept.</param>
/// <param name="Temporary">The folder of files that are there only while a call lasts.</param>
public sealed record ManagementPaths(string? ConfigFile, string? ConfigBackups, string Temporary);

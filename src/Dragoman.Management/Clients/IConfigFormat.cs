namespace Dragoman.Management.Clients;

/// <summary>
/// Edits one sort of configuration file as text, so that comments, order and spacing of everything else stay. Values are raw, as they stand
/// in the file. A text that cannot be read is a <see cref="ClientFileException"/> that says where.
/// </summary>
internal interface IConfigFormat
{
    /// <summary>The value at a path as it stands, or null.</summary>
    string? Find(string text, IReadOnlyList<string> path);

    /// <summary>How many of the path's leading words are there already: what is made for the rest goes with it again.</summary>
    int Depth(string text, IReadOnlyList<string> path);

    /// <summary>Sets a value, in the manner of the file's neighbouring lines.</summary>
    string Set(string text, IReadOnlyList<string> path, string value);

    /// <summary>Puts a value that stood there before back, as it was.</summary>
    string Restore(string text, IReadOnlyList<string> path, string raw);

    /// <summary>Removes a value, and what holds it where that is empty then and lies deeper than <paramref name="keep"/>.</summary>
    string Remove(string text, IReadOnlyList<string> path, int keep);

    /// <summary>Whether two raw values say the same.</summary>
    bool Same(string one, string other);

    /// <summary>Whether nothing is left in the text that anybody would miss.</summary>
    bool IsEmpty(string text);
}

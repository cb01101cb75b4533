namespace Dragoman.Management.Imports;

/// <summary>Reads the files of another system.</summary>
internal interface ISystemReader
{
    /// <summary>The system.</summary>
    ImportableSystem System { get; }

    /// <summary>Reads them.</summary>
    /// <param name="files">The files; others than the system's may be among them.</param>
    /// <param name="draft">Takes what is found.</param>
    /// <exception cref="FormatException">There is no file of the system among them, or one that cannot be read. The message is for people, without secrets.</exception>
    void Read(IReadOnlyList<ImportFile> files, ImportDraft draft);
}

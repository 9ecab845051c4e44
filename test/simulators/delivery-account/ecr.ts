import { AwsError } from '../state-machines';

/** Images of repositories. */
export class Ecr {
  /** Manifests by repository and tag. */
  public readonly images: { [repository: string]: { [tag: string]: string } } = {};

  /** Pushes an image to each repository. */
  public push(tag: string): void {
    Object.entries(this.images).forEach(([repository, tags]) => { tags[tag] = `manifest of ${repository} ${tag}`; });
  }

  public describeImages({ RepositoryName, ImageIds: [{ ImageTag }] }: any) {
    if (this.images[RepositoryName][ImageTag] === undefined) {
      throw new AwsError('Ecr.ImageNotFoundException', `The image with imageId {imageTag:'${ImageTag}'} does not exist within the repository`);
    }
    return { ImageDetails: [{ ImageTags: [ImageTag] }] };
  }

  public batchGetImage({ RepositoryName, ImageIds: [{ ImageTag }] }: any) {
    return { Images: [{ ImageManifest: this.images[RepositoryName][ImageTag], ImageManifestMediaType: 'application/vnd.oci.image.index.v1+json' }], Failures: [] };
  }

  public putImage({ RepositoryName, ImageTag, ImageManifest }: any) {
    const there = this.images[RepositoryName][ImageTag];
    if (there !== undefined) {
      throw new AwsError(there === ImageManifest ? 'Ecr.ImageAlreadyExistsException' : 'Ecr.ImageTagAlreadyExistsException', ImageTag);
    }
    this.images[RepositoryName][ImageTag] = ImageManifest;
  }
}
